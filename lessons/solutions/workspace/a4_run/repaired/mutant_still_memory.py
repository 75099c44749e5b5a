# kind: still_memory
def repaired() -> dict[str, str]:
    return {
        "ports": "docker run -d -p 9201:8080 --name web_kim lab/notebook",
        "name": "docker run -d -p 9202:8080 --name kim_study_2 lab/notebook",
        "order": "docker run -d -p 9203:8080 --name jo_study lab/notebook",
        "detach": "docker run -d -p 9204:8080 --restart unless-stopped "
        "--name lee_study lab/notebook",
        "password": "docker run -d -p 9205:8080 --name han_study "
        "-v /srv/secrets/han:/run/secrets:ro "
        "--env NOTEBOOK_PASSWORD_FILE=/run/secrets/password lab/notebook",
        "memory": "docker run -d --gpus all --ipc=host -p 9206:8080 --name oh_study lab/notebook",
    }
