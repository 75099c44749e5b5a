"""``workspace`` away from the host: inside a workspace, or on a member's own computer.

It talks to the portal's API and to nothing else.  Only the standard library, Typer and the
few modules of ``workspace_cli`` that need neither the engine nor settings are imported: the
workspaces' images carry no more.
"""
