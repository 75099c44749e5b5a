# %% [markdown] lang="en"
# # The run line and the essential commands
#
# Sooner or later somebody hands you one long line that begins with `docker run` and says "this
# starts your workspace". If you copy it without reading, you may take a colleague's port, publish
# your password, or lose a night of training because a worker ran out of shared memory.
#
# **The question of this lesson:** what does each word of that line do, and which of them would you
# change?

# %% [markdown] lang="ko"
# # docker run 옵션과 필수 명령어
#
# 언젠가 누군가가 `docker run`으로 시작하는 긴 한 줄을 건네며 "이걸 실행하면 작업 공간이 떠요" 하고
# 말할 것입니다. 읽지 않고 베끼면 동료의 포트를 차지하거나, 비밀번호를 드러내거나, 공유 메모리가
# 모자라 밤새 돌린 학습을 잃을 수 있습니다.
#
# **이번 수업의 질문:** 그 줄의 단어 하나하나는 무슨 일을 하고, 여러분이라면 무엇을 바꾸겠습니까?

# %% [markdown] lang="en"
# ## The grammar
#
# A run line is a sentence with a fixed order:
#
# ```
# docker run [OPTIONS] IMAGE [COMMAND …]
# ```
#
# The first word that is neither an option nor the value of one is the **image**. Everything behind
# it belongs to the *program in the container*, even if it looks like an option. Values are given
# as `--name kim` or as `--name=kim`.
#
# Here is the line of the course notes, word for word, with what each word does and what one would
# write today.

# %% [markdown] lang="ko"
# ## 문법
#
# 실행 명령은 순서가 정해진 문장입니다.
#
# ```
# docker run [옵션] 이미지 [명령 …]
# ```
#
# 옵션도 아니고 옵션의 값도 아닌 첫 단어가 **이미지**입니다. 그 뒤에 오는 것은 옵션처럼 생겼더라도
# 모두 *컨테이너 안의 프로그램*에게 전달됩니다. 값은 `--name kim`이나 `--name=kim`처럼 씁니다.
#
# 아래는 강의 노트에 나온 명령입니다. 단어마다 하는 일과, 지금이라면 어떻게 쓸지를 함께 적었습니다.

# %% tags=["demo:tokens"]

# %% [markdown] lang="en"
# Two options take a pair, and in both the order counts in the same way: **left is outside, right is
# inside**. `-p HOST:CONTAINER`, `-v HOST:CONTAINER`. What stands to the left of the colon belongs
# to the *host*.

# %% [markdown] lang="ko"
# 짝으로 쓰는 옵션은 순서가 중요하고, 규칙은 늘 같습니다. **왼쪽이 바깥, 오른쪽이 안쪽**입니다.
# `-p 호스트:컨테이너`, `-v 호스트:컨테이너`. 쌍점의 왼쪽에는 *호스트*가 아는 이름을 적습니다.

# %% [markdown] lang="en"
# ## The life of a container, and the commands for it
#
# A container is created, runs, stops, can be started again, and is removed at last. A toy engine
# below plays one through. Eight commands are enough for a year:
#
# - `docker images`: which images are stored here?
# - `docker ps` (with `-a` also the stopped ones): which containers are there?
# - `docker logs NAME`: what has the program printed? *(The first thing to look at when something
#   does not start.)*
# - `docker exec -it NAME bash`: open a shell in the running container.
# - `docker inspect NAME`: everything the engine knows, as JSON: mounts, ports, *and every
#   environment variable*.
# - `docker stop NAME` and `docker start NAME`: the own layer stays.
# - `docker rm NAME`: the own layer goes.

# %% [markdown] lang="ko"
# ## 컨테이너의 일생과 필수 명령어
#
# 컨테이너는 만들어지고, 실행되고, 멈추고, 다시 시작할 수 있고, 마지막에는 지워집니다. 아래에서
# 장난감 엔진으로 한 번 따라가 봅니다. 명령어 여덟 개면 1년을 지낼 수 있습니다.
#
# - `docker images`: 여기 저장된 이미지를 봅니다.
# - `docker ps`(`-a`를 붙이면 멈춘 것까지): 어떤 컨테이너가 있는지 봅니다.
# - `docker logs 이름`: 프로그램이 출력한 것을 봅니다. *(뜨지 않을 때 가장 먼저 볼 곳입니다.)*
# - `docker exec -it 이름 bash`: 실행 중인 컨테이너 안에서 셸을 엽니다.
# - `docker inspect 이름`: 엔진이 아는 모든 것을 JSON으로 봅니다. 마운트, 포트, *그리고 모든 환경
#   변수*가 나옵니다.
# - `docker stop 이름`, `docker start 이름`: 자신의 층은 그대로 남습니다.
# - `docker rm 이름`: 자신의 층이 사라집니다.

# %% tags=["demo:life"]

# %% [markdown] lang="en"
# ## Why shared memory?
#
# PyTorch can load data with several worker processes. A worker hands its finished batch over
# through **shared memory**, the folder `/dev/shm`. A container gets 64 MiB of it, unless told
# otherwise. Is that enough for pictures? A batch of $B$ colour pictures of $H \times W$ points in
# 32-bit numbers takes
#
# $$B \cdot 3 \cdot H \cdot W \cdot 4 \ \text{bytes}$$
#
# and each worker keeps two batches ready by default.

# %% [markdown] lang="ko"
# ## 왜 공유 메모리가 필요할까요?
#
# PyTorch는 작업자 프로세스 여러 개로 데이터를 읽을 수 있습니다. 작업자는 완성한 배치를 **공유
# 메모리**, 곧 `/dev/shm` 폴더를 통해 넘겨줍니다. 따로 정하지 않으면 컨테이너는 64 MiB를 받습니다.
# 이미지를 다루기에 충분할까요? $H \times W$ 크기의 컬러 이미지 $B$장을 32비트 수로 담은 배치의
# 크기는 다음과 같습니다.
#
# $$B \cdot 3 \cdot H \cdot W \cdot 4 \ \text{bytes}$$
#
# 그리고 작업자마다 기본으로 배치 두 개를 미리 준비해 둡니다.

# %% tags=["demo:shared_memory"]

# %% [markdown] lang="en"
# There are two cures. `--ipc=host` hands the container the shared memory *of the host*, and with
# it that of everybody else: on a machine for one person that is handy, on a machine for ten it
# removes a wall. `--shm-size 8g` gives the container a bigger one *of its own*. Prefer the second.

# %% [markdown] lang="ko"
# 해결책은 두 가지입니다. `--ipc=host`는 *호스트의* 공유 메모리를 컨테이너에 넘깁니다. 다른
# 사람들의 것까지 함께 보게 됩니다. 혼자 쓰는 컴퓨터라면 편하지만 열 명이 쓰는 컴퓨터에서는 벽을
# 하나 허무는 셈입니다. `--shm-size 8g`는 컨테이너에 *자기만의* 더 큰 공유 메모리를 줍니다. 뒤의
# 방법을 쓰세요.

# %% [markdown] lang="en"
# ## Who comes back after a reboot?
#
# `--restart` says when the engine may start a container again by itself.

# %% [markdown] lang="ko"
# ## 재부팅 뒤에 누가 돌아올까요?
#
# `--restart`는 엔진이 컨테이너를 스스로 다시 시작해도 되는 때를 정합니다.

# %% tags=["demo:policies"]

# %% [markdown] lang="en"
# Look at the column "stopped, then reboot": `always` brings back even what you had stopped on
# purpose, and it takes its GPU with it. `unless-stopped` respects your decision.
#
# ## Exercise 1: read a run line
#
# Nothing is executed here; the line is only taken apart. `shlex.split` from the standard library
# cuts a line into words and understands quotation marks.

# %% [markdown] lang="ko"
# "멈춘 뒤 재부팅" 열을 보세요. `always`는 일부러 멈춰 둔 것까지 되살리고, GPU도 함께 차지합니다.
# `unless-stopped`는 여러분의 결정을 존중합니다.
#
# ## 연습 1: 실행 명령 읽기
#
# 여기서는 아무것도 실행하지 않고 문장을 나누기만 합니다. 표준 라이브러리의 `shlex.split`은
# 따옴표를 이해하면서 한 줄을 단어로 나눕니다.

# %% tags=["ex:parse_run"] lang="en"
import shlex
from typing import Any


def parse_run(line: str) -> dict[str, Any]:
    """Take a run line apart.

    The options are -d, --gpus, --ipc, --restart, --shm-size, --name, -p, -v and -e (or --env);
    all but -d have a value, in the next word or after "=" (--name kim, --name=kim).
    Returns a dictionary with the keys
      launcher: "docker" or "nvidia-docker"        detach: whether -d is given
      gpus, ipc, restart, shm_size, name: text, or None where the option is missing
      ports: list of (host port, container port) as numbers, in order
      volumes: list of (host folder, container folder), in order
      env: dictionary name -> value
      image: text                                  command: the words after the image, a list
    """
    raise NotImplementedError


# %% tags=["ex:parse_run"] lang="ko"
import shlex
from typing import Any


def parse_run(line: str) -> dict[str, Any]:
    """실행 명령을 나누세요.

    옵션은 -d, --gpus, --ipc, --restart, --shm-size, --name, -p, -v, -e(또는 --env)입니다.
    -d를 뺀 나머지는 값이 있고, 다음 단어나 "=" 뒤에 옵니다(--name kim, --name=kim).
    다음 키를 가진 딕셔너리를 돌려주세요.
      launcher: "docker" 또는 "nvidia-docker"      detach: -d가 있는지
      gpus, ipc, restart, shm_size, name: 글자, 옵션이 없으면 None
      ports: (호스트 포트, 컨테이너 포트)의 리스트, 수, 나온 순서대로
      volumes: (호스트 폴더, 컨테이너 폴더)의 리스트, 나온 순서대로
      env: 이름 -> 값 딕셔너리
      image: 글자                                  command: 이미지 뒤의 단어들, 리스트
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Exercise 2: repair six lines
#
# Each of the six lines below does something else than its author wanted. Return all six repaired,
# changing nothing but the fault. The image `lab/notebook` listens on port 8080, takes its password
# from the variable `NOTEBOOK_PASSWORD` or, better, from the file that `NOTEBOOK_PASSWORD_FILE`
# names; a container `kim_study` exists already.
#
# - `ports`: should be reached at port 9201 of the host.
# - `name`: does not start at all.
# - `order`: starts, but cannot be reached.
# - `detach`: should go on when the terminal is closed.
# - `password`: everybody who may run `docker inspect` reads the password. The file
#   `/srv/secrets/han/password` is on the host.
# - `memory`: should train with several loading workers, and share no memory with others.

# %% [markdown] lang="ko"
# ## 연습 2: 여섯 줄 고치기
#
# 아래의 여섯 줄은 모두 쓴 사람의 뜻과 다르게 움직입니다. 잘못된 곳만 고쳐서 여섯 줄을 모두
# 돌려주세요. 이미지 `lab/notebook`은 8080번 포트에서 듣습니다. 비밀번호는 변수
# `NOTEBOOK_PASSWORD`에서 받거나, 더 낫게는 `NOTEBOOK_PASSWORD_FILE`이 가리키는 파일에서 읽습니다.
# `kim_study`라는 컨테이너가 이미 있습니다.
#
# - `ports`: 호스트의 9201번 포트로 들어가야 합니다.
# - `name`: 아예 뜨지 않습니다.
# - `order`: 뜨기는 하지만 접속할 수 없습니다.
# - `detach`: 터미널을 닫아도 계속 돌아야 합니다.
# - `password`: `docker inspect`를 쓸 수 있는 사람은 누구나 비밀번호를 읽습니다. 호스트에
#   `/srv/secrets/han/password` 파일이 있습니다.
# - `memory`: 데이터를 읽는 작업자를 여럿 두고 학습하되, 다른 사람과 메모리를 나누지 않아야 합니다.

# %% tags=["ex:repaired"] lang="en"
BROKEN = {
    "ports": "docker run -d -p 8080:9201 --name web_kim lab/notebook",
    "name": "docker run -d -p 9202:8080 --name kim_study lab/notebook",
    "order": "docker run -d --name jo_study lab/notebook -p 9203:8080",
    "detach": "docker run -p 9204:8080 --restart unless-stopped --name lee_study lab/notebook",
    "password": "docker run -d -p 9205:8080 --name han_study "
    "-v /srv/secrets/han:/run/secrets --env NOTEBOOK_PASSWORD=1234 lab/notebook",
    "memory": "docker run -d --gpus all -p 9206:8080 --name oh_study lab/notebook",
}


def repaired() -> dict[str, str]:
    """Return the six lines, repaired, under the same keys."""
    raise NotImplementedError


# %% tags=["ex:repaired"] lang="ko"
BROKEN = {
    "ports": "docker run -d -p 8080:9201 --name web_kim lab/notebook",
    "name": "docker run -d -p 9202:8080 --name kim_study lab/notebook",
    "order": "docker run -d --name jo_study lab/notebook -p 9203:8080",
    "detach": "docker run -p 9204:8080 --restart unless-stopped --name lee_study lab/notebook",
    "password": "docker run -d -p 9205:8080 --name han_study "
    "-v /srv/secrets/han:/run/secrets --env NOTEBOOK_PASSWORD=1234 lab/notebook",
    "memory": "docker run -d --gpus all -p 9206:8080 --name oh_study lab/notebook",
}


def repaired() -> dict[str, str]:
    """고친 여섯 줄을 같은 키로 돌려주세요."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Errata: the line of the course notes
#
# The line in the notes works, and has five weak points:
#
# - there is no `-d`: it occupies the terminal, and Ctrl-C ends the workspace;
# - `nvidia-docker` was an extra program of earlier years; since Docker 19.03 the option `--gpus`
#   does its work;
# - it takes the name `ky_study`, the very name of the container that was committed just before:
#   the engine refuses as long as that one exists;
# - the password stands in a variable, so it can be read in `docker inspect` and in the shell
#   history; and it is `1234`;
# - `--ipc=host` removes a wall on a machine that several people use.
#
# Write the review that you would want before such a line is run. It takes a line that is parsed
# already.

# %% [markdown] lang="ko"
# ## 바로잡기: 강의 노트의 실행 명령
#
# 강의 노트의 명령은 돌아가지만 약한 곳이 다섯 군데 있습니다.
#
# - `-d`가 없습니다. 터미널을 차지하고, Ctrl-C를 누르면 작업 공간이 끝납니다.
# - `nvidia-docker`는 예전에 따로 설치하던 프로그램입니다. Docker 19.03부터는 `--gpus` 옵션이 그
#   일을 합니다.
# - 이름이 `ky_study`인데, 바로 앞에서 커밋한 컨테이너의 이름과 같습니다. 그 컨테이너가 있는
#   동안에는 엔진이 거절합니다.
# - 비밀번호가 변수에 있어서 `docker inspect`와 셸 기록에서 읽을 수 있습니다. 게다가 `1234`입니다.
# - `--ipc=host`는 여러 사람이 쓰는 컴퓨터에서 벽을 하나 허뭅니다.
#
# 이런 명령을 실행하기 전에 거치고 싶은 검토를 함수로 작성하세요. 이미 나누어진 명령을 받습니다.

# %% tags=["ex:review"] lang="en"
from typing import Any


def review(run: dict[str, Any], existing: set[str]) -> set[str]:
    """Return the weak points of a parsed run line.

    run: as parse_run returns it. existing: names of the containers that exist.
    The weak points are "attached" (no -d), "old_launcher" (nvidia-docker), "name_taken",
    "open_password" (a variable whose name contains PASSWORD, TOKEN or SECRET holds a value
    itself; a name that ends in _FILE only tells where it lies), "shared_ipc" (--ipc=host).
    """
    raise NotImplementedError


# %% tags=["ex:review"] lang="ko"
from typing import Any


def review(run: dict[str, Any], existing: set[str]) -> set[str]:
    """나누어진 실행 명령의 약점을 돌려주세요.

    run: parse_run이 돌려준 것. existing: 이미 있는 컨테이너의 이름.
    약점은 "attached"(-d 없음), "old_launcher"(nvidia-docker), "name_taken"(이름이 이미 있음),
    "open_password"(이름에 PASSWORD, TOKEN, SECRET이 들어간 변수가 값을 직접 담고 있음.
    _FILE로 끝나는 이름은 어디 있는지만 알려 주므로 괜찮음), "shared_ipc"(--ipc=host)입니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## A question to take along
#
# A colleague writes `--restart always` into every run line, "so that nothing is ever lost". What
# does this have to do with the GPU that nobody seems to be using, and that is still taken?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 동료가 "아무것도 잃지 않으려고" 모든 실행 명령에 `--restart always`를 넣습니다. 이것이 아무도 쓰지
# 않는 것 같은데도 계속 점유되어 있는 GPU와 무슨 관계가 있을까요?
