"""What ``workspace ls`` is held against: import docker, list the containers in one call."""

import docker

for container in docker.from_env().containers.list(all=True, sparse=True):
    print(container.name, container.status)
