"""The folder at /workspace and its owner."""

from __future__ import annotations

import pytest

from tests.images.conftest import FolderOf
from tests.images.containers import (
    Workspace,
    docker,
)


class FolderSuite:
    """Mounted folders of every kind of owner."""

    image: str

    # The folder and its owner

    @pytest.mark.parametrize("owner", [1000, 5000, 33, 65534])
    def test_the_member_takes_on_the_folders_owner(self, folder_of: FolderOf, owner: int) -> None:
        folder = folder_of(owner, "before.txt")
        stranger = folder / "stranger.txt"
        stranger.write_text("root's\n")
        with Workspace(self.image, ("--volume", f"{folder}:/workspace")) as workspace:
            workspace.ready()
            note = {"type": "file", "format": "text", "content": "new"}
            assert workspace.api("/api/contents/new.txt", "PUT", note).status == 201
            assert (folder / "new.txt").stat().st_uid == owner
            assert (folder / "new.txt").stat().st_gid == 990
            assert (folder / "before.txt").stat().st_uid == owner
            assert stranger.stat().st_uid == 0
            assert workspace.shell("id -un; id -u; sudo id -u").split() == [
                "member",
                str(owner),
                "0",
            ]
            assert "member" in workspace.run_cell("!id -un; touch /opt/env/probe && echo written")

    def test_an_empty_folder_of_roots_is_handed_over(self, folder_of: FolderOf) -> None:
        folder = folder_of(0)
        with Workspace(self.image, ("--volume", f"{folder}:/workspace")) as workspace:
            workspace.ready()
            assert (folder.stat().st_uid, folder.stat().st_gid) == (1000, 990)
            assert workspace.shell("id -u; touch new.txt") == "1000"
            assert (folder / "new.txt").stat().st_uid == 1000

    def test_a_folder_that_root_filled_stays_roots(self, folder_of: FolderOf) -> None:
        folder = folder_of(0, "roots.txt")
        with Workspace(self.image, ("--volume", f"{folder}:/workspace")) as workspace:
            workspace.ready()
            assert workspace.shell("id -u; touch new.txt; echo $HOME").split() == [
                "0",
                "/home/member",
            ]
            assert workspace.run_cell("import os; print(os.getuid())").strip() == "0"
            owners = {file.name: file.stat().st_uid for file in folder.iterdir()}
            assert owners["roots.txt"] == owners["new.txt"] == 0

    def test_starting_changes_no_owner_in_the_environment(self, folder_of: FolderOf) -> None:
        folder = folder_of(5000)
        with Workspace(self.image, ("--volume", f"{folder}:/workspace")) as workspace:
            workspace.ready()
            changed = {line[2:] for line in docker("diff", workspace.name).splitlines()}
            assert not [name for name in changed if name.startswith("/opt")]
            assert workspace.shell("find /opt/env /home/member -uid 5000") == ""

    def test_a_read_only_folder_is_told_of_and_can_be_read(self, folder_of: FolderOf) -> None:
        folder = folder_of(1000, "before.txt")
        mount = ("--volume", f"{folder}:/workspace:ro")
        with Workspace(self.image, mount) as workspace:
            workspace.ready()
            assert "/workspace cannot be written to" in workspace.logs
            assert "Traceback" not in workspace.logs
            assert workspace.api("/files/before.txt").text == "kept\n"
            assert workspace.run_cell("print(5 * 4)").strip() == "20"

    def test_credentials_and_history_live_with_the_members_files(self, folder_of: FolderOf) -> None:
        folder = folder_of(1000)
        with Workspace(self.image, ("--volume", f"{folder}:/workspace")) as workspace:
            workspace.ready()
            workspace.shell(
                "git config --global user.name 김철수\n"
                "git config --global credential.helper store\n"
                "printf 'protocol=https\\nhost=h.example\\nusername=u\\npassword=pw-in-store\\n'"
                " | git credential approve\n"
                "ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/id_ed25519\n"
                "touch ~/.kaggle/kaggle.json"
            )
            state = folder / ".labdock"
            assert "김철수" in (state / "gitconfig").read_text()
            assert "pw-in-store" in (state / "git-credentials").read_text()
            assert (state / "ssh" / "id_ed25519").stat().st_mode & 0o777 == 0o600
            assert state.stat().st_mode & 0o777 == 0o700
            assert workspace.exec("grep", "-rl", "pw-in-store", "/home", check=False) == ""
