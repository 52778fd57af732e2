"""`python -m tools.copying COMMIT`: what make's verb upgrade-check runs in the environment of the stand-ins."""

import sys

from tools.copying.upgrade import check
from tools.errors import ToolError
from tools.saying import say

if __name__ == "__main__":
    try:
        sys.exit(check(sys.argv[1]))
    except ToolError as error:
        say(f"error: {error}")
        sys.exit(error.exit_code)
