"""The scratch project has no program here: only what the tools ask of one."""
