"""JupyterHub's configuration as a function of the settings, so that tests can read it."""

from __future__ import annotations

from functools import partial
from typing import Any

from tornado.web import HTTPError

from hub import (
    account_page,
    broker_api,
    disk_api,
    gpus_api,
    groups_page,
    leave_page,
    member_page,
    outside_login,
    pages,
    people_api,
    people_page,
    port_proxy,
    ports_api,
    reservations_api,
    server_changes_api,
    sign_up,
    spawn_form,
    way_back_api,
)
from hub.accounts import AccountStore
from hub.accounts_api import AccountHandler, AccountsHandler
from hub.authenticator import AccountAuthenticator
from hub.broker_loop import BrokerLoop
from hub.desk import Desk
from hub.directory import Directory
from hub.headers import security_headers
from hub.machine import Machine
from hub.outside import FILE as FILE_OF_LOGINS
from hub.outside import load_logins
from hub.register import Register
from hub.sessions import DAYS, SessionGate
from hub.spawner import WorkspaceSpawner
from workspace_cli.core import naming
from workspace_cli.core.database import FILE, database_url
from workspace_cli.core.host import Host
from workspace_cli.core.naming import member_host
from workspace_cli.core.settings import Settings

HUB_PORT = 8081
PORTAL_PORT = 8082
PORTAL_SERVICE = "portal"
PORTAL_SCOPE = f"access:services!service={PORTAL_SERVICE}"
PORTAL_ROLE_SCOPES = ("list:users", "read:users", "read:servers")
"""What the portal looks up itself: which servers there are, and what the hub does with them."""
BROWSER_SCOPES = ("admin:servers", "access:servers")
"""What a browser on the portal's pages may do: of these, what the member may do."""
CLI_SERVICE = "labdock-cli"
CLI_SCOPES = (
    *("admin:users", "admin:servers", "access:servers", "list:users"),
    *("tokens", "read:hub", "read:metrics", "proxy", "shutdown", "admin:groups"),
)
"""What the command line does on the admin's behalf: its token is a file that root alone reads."""
NAMED_WORKSPACES = 8
START_SECONDS = 900
"""A start may pull an image or save a large layer first; what is stuck ends itself earlier."""
COME_BACK_SECONDS = 120
"""After a restart of the engine everything comes back at once, and slowly."""


def configure(c: Any, host: Host) -> None:
    """Assign everything that differs from JupyterHub's defaults."""
    settings = host.settings
    machine = Machine(host)
    accounts = AccountStore(database_url(settings, FILE))
    _network(c, settings)
    _state(c, settings)
    _security(c, settings)
    register = Register.of(machine, accounts)
    _accounts(c, register)
    _workspaces(c, machine)
    loop = BrokerLoop(machine)
    c.JupyterHub.extra_handlers = [
        *c.JupyterHub.extra_handlers,
        *broker_api.handlers(machine, loop.idle),
        *disk_api.handlers(machine, loop.disk),
        *gpus_api.handlers(machine),
        *reservations_api.handlers(machine),
        *ports_api.handlers(machine, accounts),
        *port_proxy.handlers(machine, accounts),
        *server_changes_api.handlers(machine),
        *way_back_api.handlers(machine),
    ]
    c.JupyterHub.template_vars = {**c.JupyterHub.template_vars, "desk": Desk(machine)}
    c.Hub.machine = machine
    c.Hub.broker = loop
    c.Hub.register = register
    pages.configure(c, settings)


def _network(c: Any, settings: Settings) -> None:
    c.JupyterHub.hub_bind_url = f"http://0.0.0.0:{HUB_PORT}"
    c.JupyterHub.hub_connect_url = f"http://{naming.HUB_CONTAINER}:{HUB_PORT}"
    # The proxy is a container of its own, so that a restart of the hub ends no connection.
    c.ConfigurableHTTPProxy.should_start = False
    # By the control network's own name: the proxy's API listens there and nowhere else.
    c.ConfigurableHTTPProxy.api_url = (
        f"http://{naming.PROXY_CONTAINER}.{naming.CONTROL_NETWORK}:8001"
    )
    c.ConfigurableHTTPProxy.auth_token = _secret(settings, "proxy-token")
    c.JupyterHub.cleanup_servers = False
    c.JupyterHub.cleanup_proxy = False
    if settings.domain:
        c.JupyterHub.subdomain_host = settings.url
        c.JupyterHub.subdomain_hook = subdomain
    elif settings.url:
        c.JupyterHub.public_url = f"{settings.url}/"


def subdomain(name: str, domain: str, kind: str) -> str:
    """Return the host name of a member's workspaces; hub and portal share the domain itself."""
    return domain if kind == "service" else member_host(name, domain)


def _state(c: Any, settings: Settings) -> None:
    c.JupyterHub.db_url = database_url(settings, "jupyterhub.sqlite")
    c.JupyterHub.upgrade_db = True
    c.JupyterHub.cookie_secret_file = str(settings.hub_dir / "cookie-secret")
    c.JupyterHub.services = [
        {"name": CLI_SERVICE, "api_token": _secret(settings, "api-token")},
        {
            "name": PORTAL_SERVICE,
            "api_token": _secret(settings, "portal-token"),
            # By the control network's own name, which no network of a member's has.
            "url": f"http://{naming.PORTAL_CONTAINER}.{naming.CONTROL_NETWORK}:{PORTAL_PORT}",
            "oauth_redirect_uri": f"/services/{PORTAL_SERVICE}/oauth_callback",
            "oauth_no_confirm": True,
            "oauth_client_allowed_scopes": list(BROWSER_SCOPES),
            # Our own pages link to it, in the reader's language.
            "display": False,
            # The hub asks whether it is up and goes on all the same.
            "timeout": 1,
        },
    ]
    c.JupyterHub.load_roles = [
        {"name": CLI_SERVICE, "scopes": list(CLI_SCOPES), "services": [CLI_SERVICE]},
        {
            "name": PORTAL_SERVICE,
            "scopes": list(PORTAL_ROLE_SCOPES),
            "services": [PORTAL_SERVICE],
        },
        # JupyterHub's own, and the portal.
        {"name": "user", "scopes": ["self", PORTAL_SCOPE]},
        {
            "name": "server",
            "scopes": ["users:activity!user", "access:servers!server", PORTAL_SCOPE],
        },
    ]


def _security(c: Any, settings: Settings) -> None:
    c.JupyterHub.tornado_settings = {
        "headers": security_headers(tls=settings.encrypted),
        "cookie_options": {"samesite": "Lax", "secure": settings.encrypted},
    }
    # A page on a member's host name can set cookies for the whole domain: those are no login.
    c.JupyterHub.cookie_host_prefix_enabled = bool(settings.domain) and settings.encrypted


def _accounts(c: Any, register: Register) -> None:
    logins = load_logins(register.machine.host.settings.hub_dir / FILE_OF_LOGINS)
    provider = logins.provider
    c.AccountAuthenticator.directory = Directory(logins.ldap) if logins.ldap else None
    c.JupyterHub.authenticator_class = AccountAuthenticator
    c.AccountAuthenticator.register = register
    # Who is allowed in, the accounts say, each time: not JupyterHub's list of past users.
    c.AccountAuthenticator.allow_existing_users = False
    c.AccountAuthenticator.auth_refresh_age = 60
    c.AccountAuthenticator.auth_refresh_strict = True
    c.AccountAuthenticator.refresh_pre_spawn = True
    c.JupyterHub.extra_handlers = [
        (r"/api/accounts", AccountsHandler, {"register": register}),
        (r"/api/accounts/([^/]+)", AccountHandler, {"register": register}),
        *people_api.handlers(register),
        *people_page.handlers(register),
        *leave_page.handlers(register),
        *member_page.handlers(register),
        *groups_page.handlers(register),
        *sign_up.handlers(register),
        *account_page.handlers(register),
        *outside_login.handlers(register, provider),
    ]
    # Before anything looks at a request's cookies.
    tornado = c.JupyterHub.tornado_settings
    gate = partial(SessionGate, sessions=register.sessions)
    c.JupyterHub.tornado_settings = {**tornado, "transforms": [gate]}
    c.JupyterHub.cookie_max_age_days = DAYS
    c.JupyterHub.template_vars = {
        "sign_up": lambda _user: register.rules.sign_up,
        "outside_login": provider.title if provider else "",
    }


def _workspaces(c: Any, machine: Machine) -> None:
    c.JupyterHub.spawner_class = WorkspaceSpawner
    c.WorkspaceSpawner.machine = machine
    c.WorkspaceSpawner.options_form = spawn_form.options_form
    c.WorkspaceSpawner.options_from_form = spawn_form.options_of_a_browser
    c.WorkspaceSpawner.ip = "0.0.0.0"  # noqa: S104 - inside the workspace's own network
    c.WorkspaceSpawner.port = 8080
    c.WorkspaceSpawner.start_timeout = START_SECONDS
    c.WorkspaceSpawner.http_timeout = COME_BACK_SECONDS
    c.WorkspaceSpawner.poll_interval = 10
    c.JupyterHub.allow_named_servers = True
    c.JupyterHub.named_server_limit_per_user = named_workspaces
    c.JupyterHub.concurrent_spawn_limit = 100
    c.JupyterHub.last_activity_interval = 60


def named_workspaces(handler: Any) -> int:
    """Return how many named workspaces a member may have; refuse one called ``default``.

    JupyterHub asks this before it makes a server's record, which is the only
    place where a name can be refused with nothing left behind.
    """
    arguments = [*handler.path_args, *handler.path_kwargs.values()]
    if arguments[1:2] == [naming.DEFAULT_WORKSPACE]:
        raise HTTPError(400, "'default' is the name of the first workspace. Choose another name.")
    return NAMED_WORKSPACES


def _secret(settings: Settings, name: str) -> str:
    return (settings.hub_dir / name).read_text(encoding="utf-8").strip()
