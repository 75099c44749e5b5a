"""What the README promises a member, walked through in a browser."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e import lab
from tests.e2e.conftest import Account, Stack, docker, log_in

pytestmark = pytest.mark.e2e

DIGITS = """
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32) / 16
y = torch.tensor(digits.target)
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, random_state=0)
model = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(200):
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(model(x_train), y_train).backward()
    optimizer.step()
accuracy = (model(x_test).argmax(1) == y_test).float().mean().item()
torch.save(model.state_dict(), "/workspace/digits.pt")
print(f"accuracy={accuracy:.4f} threads={torch.get_num_threads()}")
"""

Login = Callable[[Account], Page]


@pytest.fixture(scope="module")
def kim(stack: Stack) -> Account:
    return stack.add_member("kim")


@pytest.fixture(scope="module")
def lee(stack: Stack) -> Account:
    return stack.add_member("lee")


@pytest.fixture
def login(browser: Browser, contexts: list[BrowserContext], stack: Stack) -> Login:
    return lambda account: log_in(browser, contexts, stack, account)


def start_workspace(page: Page, stack: Stack, owner: str, image: str, cpus: str) -> None:
    """Fill the spawn form and wait through the progress page to JupyterLab's address."""
    page.goto(f"{stack.url}/hub/spawn/{owner}")
    choice = page.locator(f"input[name=image][value='{image}']")
    if choice.count():
        choice.check(force=True)
    else:
        page.select_option("select[name=image]", image)
    page.fill("input[name=cpus]", cpus)
    page.click("form [type=submit]")
    page.wait_for_url(re.compile(rf"/user/{owner}/"), timeout=120_000)


def test_member_trains_stops_and_finds_everything_again(
    stack: Stack, kim: Account, login: Login
) -> None:
    page = login(kim)
    start_workspace(page, stack, "kim", "labdock/pytorch", "1")
    lab.open_lab(page, f"{stack.url}/user/kim/lab")
    lab.new_notebook(page)

    output = lab.run_cell(page, DIGITS)
    accuracy = re.search(r"accuracy=(\d\.\d+) threads=(\d+)", output)
    assert accuracy, output
    assert float(accuracy[1]) >= 0.95
    assert int(accuracy[2]) == 1, "one CPU was chosen"

    lab.run_cell(page, "open('/workspace/notes.txt', 'w').write('kept')")
    lab.run_cell(page, "!sudo apt-get update -qq && sudo apt-get install -y -qq figlet")
    lab.run_cell(page, "!pip install -q humanize")
    assert "|_|" in lab.run_cell(page, "!figlet lab")
    lab.save_notebook(page)

    stop_from_home(page, stack)
    start_again(page, stack, "kim")
    lab.open_lab(page, f"{stack.url}/user/kim/lab?reset")
    lab.new_notebook(page)
    assert "kept" in lab.run_cell(page, "print(open('/workspace/notes.txt').read())")
    assert "|_|" in lab.run_cell(page, "!figlet lab")
    assert "1.0 MB" in lab.run_cell(page, "import humanize; print(humanize.naturalsize(1e6))")
    assert "digits.pt" in lab.run_cell(page, "!ls /workspace")


def stop_from_home(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/hub/home")
    page.locator("[data-action=stop]").first.click()
    deadline = time.monotonic() + 60
    while any(row["state"] == "running" for row in stack.json("ls", "-a")):
        assert time.monotonic() < deadline, "the workspace did not stop"
        time.sleep(0.3)


def start_again(page: Page, stack: Stack, owner: str) -> None:
    page.goto(f"{stack.url}/hub/spawn/{owner}")
    if "/hub/spawn/" in page.url:
        page.click("form [type=submit]")
    page.wait_for_url(re.compile(rf"/user/{owner}/"), timeout=120_000)


def test_a_cell_goes_on_through_a_hub_restart(stack: Stack, kim: Account, login: Login) -> None:
    page = login(kim)
    ensure_running(page, stack, "kim")
    lab.open_lab(page, f"{stack.url}/user/kim/lab?reset")
    lab.new_notebook(page)
    cell = lab.start_cell(
        page,
        "import time, pathlib\n"
        "for second in range(25):\n    print('tick', second, flush=True); time.sleep(1)\n"
        "pathlib.Path('/workspace/through').write_text('restart')",
    )
    expect(cell.locator(".jp-OutputArea").first).to_contain_text("tick 2", timeout=60_000)

    docker("restart", "labdock-hub")

    expect(cell.locator(".jp-OutputArea").first).to_contain_text("tick 24", timeout=60_000)
    assert "restart" in lab.run_cell(page, "print(open('/workspace/through').read())")
    wait_until_hub_answers(stack)
    (row,) = [r for r in stack.json("ls", "-a") if r["owner"] == "kim" and r["name"] == "default"]
    assert row["state"] == "running"
    page.goto(f"{stack.url}/hub/home")
    expect(page.locator("[data-action=stop]").first).to_be_visible()


def ensure_running(page: Page, stack: Stack, owner: str) -> None:
    rows = [r for r in stack.json("ls", "-a") if r["owner"] == owner]
    if not any(row["state"] == "running" for row in rows):
        start_workspace(page, stack, owner, "labdock/pytorch", "1")


def wait_until_hub_answers(stack: Stack) -> None:
    deadline = time.monotonic() + 60
    while stack.workspace("users", "ls", check=False).returncode:
        assert time.monotonic() < deadline, "the hub did not come back"
        time.sleep(0.5)


def test_a_second_member_can_neither_see_nor_reach_the_first(
    stack: Stack, kim: Account, lee: Account, login: Login
) -> None:
    kim_page = login(kim)
    ensure_running(kim_page, stack, "kim")
    stack.workspace("run", "paper", "--owner", "kim", "--image", "labdock/base", "-p", "19277:8080")
    page = login(lee)
    response = page.goto(f"{stack.url}/user/kim/lab")
    assert response is not None
    assert response.status in (403, 404)
    page.goto(f"{stack.url}/hub/home")
    assert "kim" not in page.locator("main").inner_text()

    start_workspace(page, stack, "lee", "labdock/base", "1")
    for target, reason in forbidden_targets():
        assert probe_from("labdock-lee--default", *target) != "open", reason
    assert probe_from("labdock-lee--default", "labdock-hub", 8081) == "open"
    assert "docker.sock" not in docker("exec", "labdock-lee--default", "ls", "/var/run", "/run")
    stack.workspace("rm", "--force", "kim/paper")


def forbidden_targets() -> list[tuple[tuple[str, int], str]]:
    def addresses(container: str) -> list[str]:
        form = "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}"
        return docker("inspect", "-f", form, container).split()

    form = "{{range .NetworkSettings.Networks}}{{.Gateway}}{{end}}"
    gateway = docker("inspect", "-f", form, "labdock-lee--default")
    assert gateway
    return [
        ((addresses("labdock-kim--default")[0], 8080), "another's workspace by address"),
        (("labdock-kim--default", 8080), "another's workspace by name"),
        ((addresses("labdock-kim--paper")[0], 8080), "another's standalone workspace"),
        ((gateway, 19277), "another's published port"),
        ((gateway, 22), "the host"),
        *(((proxy, 8001), "the proxy's API") for proxy in addresses("labdock-proxy")),
        (("labdock-proxy", 8001), "the proxy's API by name"),
        (("169.254.169.254", 80), "a cloud's metadata"),
    ]


def probe_from(container: str, host: str, port: int) -> str:
    """Return ``open`` where a TCP connection from inside the container succeeds."""
    program = (
        "import socket\n"
        f"try: socket.create_connection(({host!r}, {port}), 3); print('open')\n"
        "except OSError as exc: print(type(exc).__name__)"
    )
    return docker("exec", container, "/opt/labdock/bin/python", "-I", "-c", program)
