"""The error of a tool: what is wrong and the command that mends it, shown without a traceback."""


class ToolError(Exception):
    """Something a person can mend: `problem` says what is wrong, `fix` names what to do about it."""

    def __init__(self, problem: str, fix: str | None = None, exit_code: int = 1) -> None:
        super().__init__(problem)
        self.problem = problem
        self.fix = fix
        self.exit_code = exit_code

    def __str__(self) -> str:
        return self.problem if self.fix is None else f"{self.problem}\nFix: {self.fix}"
