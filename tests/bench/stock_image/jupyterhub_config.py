"""The stock hub: what its documentation asks for when it runs in a container, nothing else."""

import os
import socket

c = get_config()  # type: ignore[name-defined]  # noqa: F821

c.JupyterHub.spawner_class = "dockerspawner.DockerSpawner"
c.DockerSpawner.image = os.environ["BENCH_IMAGE"]
c.DockerSpawner.network_name = os.environ["BENCH_NETWORK"]
# Names of the bench's own, so that it can remove exactly what it made.
c.DockerSpawner.prefix = os.environ["BENCH_PREFIX"]
c.JupyterHub.hub_ip = "0.0.0.0"  # members' containers answer to it
c.JupyterHub.hub_connect_ip = socket.gethostname()
# Nobody logs in: the bench speaks to the hub's API with a service's token.
c.JupyterHub.authenticator_class = "dummy"
c.JupyterHub.services = [{"name": "bench", "api_token": os.environ["BENCH_TOKEN"], "admin": True}]
