# %% [markdown] lang="en"
# # Saving a container
#
# You spent an afternoon installing what your project needs. Then the container is removed, a new
# one is started from the image, and the afternoon is gone; but your notebooks are all there. Why
# is one lost and not the other?
#
# **The question of this lesson:** a file was written inside a container. *Where does it really
# lie*, and what does `docker commit` save of it?

# %% [markdown] lang="ko"
# # 컨테이너를 이미지로 저장하기
#
# 오후 내내 프로젝트에 필요한 것을 설치했습니다. 그런데 컨테이너를 지우고 이미지에서 새로 띄웠더니
# 설치한 것은 모두 사라졌습니다. 반면 노트북 파일은 그대로 있습니다. 왜 하나는 사라지고 하나는
# 남았을까요?
#
# **이번 수업의 질문:** 컨테이너 안에서 파일을 썼습니다. 그 파일은 *실제로 어디에* 있고,
# `docker commit`은 그 가운데 무엇을 저장할까요?

# %% [markdown] lang="en"
# ## Three places
#
# What a program in a container writes ends up in one of three places:
#
# - in the container's **own layer**. It lives as long as the container: it survives `docker stop`
#   and `docker start`, and goes with `docker rm`.
# - in a **mount**, a folder of the host (or a volume) that was put into the file tree with
#   `-v HOST:CONTAINER`. It is not part of the container at all; it can only be seen there.
# - in a **tmpfs**, a folder that exists in memory only, such as `/dev/shm`. It is gone as soon as
#   the container stops.
#
# `docker commit CONTAINER IMAGE` takes the *own layer* and puts it on top of the image as a new
# read-only layer. It copies nothing from mounts, and nothing from memory.

# %% [markdown] lang="ko"
# ## 파일이 놓이는 세 곳
#
# 컨테이너 안의 프로그램이 쓴 파일은 다음 세 곳 가운데 하나에 놓입니다.
#
# - 컨테이너 **자신의 층**: 컨테이너와 수명이 같습니다. `docker stop`과 `docker start`를 거쳐도
#   남아 있고, `docker rm`을 하면 함께 사라집니다.
# - **마운트**: `-v 호스트:컨테이너`로 파일 트리에 걸어 둔 호스트의 폴더(또는 볼륨)입니다.
#   컨테이너의 일부가 아니라, 거기서 보일 뿐입니다.
# - **tmpfs**: `/dev/shm`처럼 메모리에만 있는 폴더입니다. 컨테이너가 멈추면 바로 사라집니다.
#
# `docker commit 컨테이너 이미지`는 *자신의 층*을 떼어 이미지 위에 새로운 읽기 전용 층으로
# 얹습니다. 마운트와 메모리에 있는 것은 아무것도 복사하지 않습니다.

# %% tags=["demo:three_places"]

# %% [markdown] lang="en"
# Read the columns as questions: is the file there after a stop and a start? After `rm` and a new
# `run` of the *old* image with the same `-v`? After a commit and a `run` of the *new* image? And
# is it inside the new image, when a colleague runs that elsewhere?
#
# In symbols, with $S$ for everything written, $M$ for what lies in mounts and $T$ for what lies in
# memory:
#
# $$\text{own layer} = S \setminus (M \cup T)$$
#
# After `rm` and `run`, only $M$ is left without a commit, and $M \cup \text{own layer}$ with one.
#
# One detail decides in practice: which folder does a path belong to? The **longest** mounted
# folder above it counts. `/data/tmp/x` belongs to `/data/tmp` if that is mounted, not to `/data`.
# And `/data2/x` has nothing to do with `/data`, although the text begins alike.

# %% [markdown] lang="ko"
# 각 열을 질문으로 읽어 보세요. 멈췄다가 다시 시작한 뒤에도 있나요? `rm`을 하고 *예전* 이미지를
# 같은 `-v`로 새로 `run`하면 있나요? 커밋하고 *새* 이미지를 `run`하면 있나요? 그리고 동료가 다른
# 곳에서 새 이미지를 실행할 때, 그 이미지 안에 들어 있나요?
#
# 기호로 쓰면, 쓴 파일 전체를 $S$, 마운트에 놓인 것을 $M$, 메모리에 놓인 것을 $T$라고 할 때 다음과
# 같습니다.
#
# $$\text{자신의 층} = S \setminus (M \cup T)$$
#
# 커밋하지 않았으면 `rm`과 `run` 뒤에 $M$만 남고, 커밋했으면 $M \cup \text{자신의 층}$이 남습니다.
#
# 실제로는 한 가지가 결과를 가릅니다. 경로가 어느 폴더에 속하느냐입니다. 그 경로를 품는 마운트 폴더
# 가운데 **가장 긴** 것이 기준입니다. `/data/tmp`가 마운트되어 있으면 `/data/tmp/x`는 `/data`가
# 아니라 `/data/tmp`에 속합니다. 또 `/data2/x`는 글자가 비슷하게 시작할 뿐 `/data`와 아무 상관이
# 없습니다.

# %% [markdown] lang="en"
# ## Exercise 1: what survives?
#
# Predict it before you lose an afternoon. The new container gets the same mounts as the old one.

# %% [markdown] lang="ko"
# ## 연습 1: 무엇이 살아남을까요?
#
# 오후를 날리기 전에 미리 맞혀 보세요. 새 컨테이너는 예전 컨테이너와 같은 마운트를 받습니다.

# %% tags=["ex:survivors"] lang="en"
def survivors(paths: set[str], mounts: dict[str, str], committed: bool) -> set[str]:
    """Return the paths that are there after `docker rm` and a new `docker run`.

    paths: the files that were written in the old container
    mounts: folder in the container -> "bind", "volume" or "tmpfs"; the longest one counts
    committed: True where the new container runs the image that was committed just before
    """
    raise NotImplementedError


# %% tags=["ex:survivors"] lang="ko"
def survivors(paths: set[str], mounts: dict[str, str], committed: bool) -> set[str]:
    """`docker rm`과 새 `docker run` 뒤에도 남아 있는 경로를 돌려주세요.

    paths: 예전 컨테이너에서 쓴 파일
    mounts: 컨테이너의 폴더 -> "bind", "volume", "tmpfs" 가운데 하나. 가장 긴 폴더가 기준입니다.
    committed: 바로 전에 커밋한 이미지로 새 컨테이너를 띄우면 True
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Errata: "commit saves the container's environment"
#
# The course notes say that `docker commit` saves the environment of a container as an image, and
# then start the image with `-v …:/workspace`. What they leave out is the trap: the work itself
# lies under `/workspace`, a mount, and a mount is in *no* image. Whoever commits, uploads the image
# and runs it on another machine finds all packages, and no notebook at all.
#
# Work it out: the image is run on **another** machine, without any mount. Which of the files are
# there?

# %% [markdown] lang="ko"
# ## 바로잡기: "commit은 컨테이너의 환경을 저장한다"
#
# 강의 노트는 `docker commit`이 컨테이너의 환경을 이미지로 저장해 준다고 하고, 그 이미지를
# `-v …:/workspace`로 실행합니다. 여기에 빠진 함정이 있습니다. 작업한 파일은 마운트인 `/workspace`
# 아래에 있고, 마운트는 *어떤* 이미지에도 들어가지 않습니다. 커밋한 이미지를 올려서 다른 컴퓨터에서
# 실행하면 설치한 패키지는 모두 있지만 노트북 파일은 하나도 없습니다.
#
# 직접 따져 보세요. 그 이미지를 **다른** 컴퓨터에서 마운트 없이 실행합니다. 어떤 파일이 있을까요?


# %% tags=["ex:elsewhere"] lang="en"
def elsewhere(paths: set[str], mounts: dict[str, str]) -> set[str]:
    """Return the paths that the committed image brings to another machine.

    paths and mounts: as for `survivors`. There the image is run without mounts.
    """
    raise NotImplementedError


# %% tags=["ex:elsewhere"] lang="ko"
def elsewhere(paths: set[str], mounts: dict[str, str]) -> set[str]:
    """커밋한 이미지가 다른 컴퓨터로 가져가는 경로를 돌려주세요.

    paths와 mounts는 `survivors`와 같습니다. 그곳에서는 마운트 없이 실행합니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Layers are sediment
#
# Every commit adds a layer, so an image only ever grows. If one layer adds a file of 500 MB and a
# later one deletes it, the later layer merely *covers* it: the image still carries the 500 MB. The
# same holds for a password that somebody "removed" afterwards: whoever has the image can still dig
# it out.

# %% [markdown] lang="ko"
# ## 층은 퇴적물처럼 쌓입니다
#
# 커밋할 때마다 층이 하나 늘고, 층은 늘어나기만 합니다. 어떤 층이 500 MB짜리 파일을 더하고 나중
# 층이 그것을 지워도, 나중 층은 파일을 *덮을* 뿐입니다. 이미지는 여전히 500 MB를 지고 다닙니다.
# 나중에 "지운" 비밀번호도 마찬가지입니다. 이미지를 가진 사람은 파낼 수 있습니다.

# %% tags=["demo:sediment"]

# %% [markdown] lang="en"
# ## A recipe instead of a snapshot
#
# A commit is a photograph of the result: nobody can read from it *how* it came about. A
# **Dockerfile** is the recipe: a text of steps, each making one layer. It can be reviewed, kept in
# git, and built anew tomorrow with a newer base.
#
# ```
# FROM labdock/base
# RUN apt-get update && apt-get install -y graphviz && rm -rf /var/lib/apt/lists/*
# COPY requirements.txt .
# RUN pip install -r requirements.txt
# ```
#
# Note the second line: download, use and clean up in *one* step. What is added and removed within
# the same step is in no layer.

# %% [markdown] lang="ko"
# ## 사진 대신 요리법
#
# 커밋은 결과를 찍은 사진입니다. *어떻게* 만들었는지는 사진에서 읽을 수 없습니다. **Dockerfile**은
# 요리법입니다. 단계를 적은 글이고, 단계마다 층이 하나 생깁니다. 검토할 수 있고, git에 보관할 수
# 있고, 내일 더 새로운 베이스 이미지 위에 다시 만들 수 있습니다.
#
# ```
# FROM labdock/base
# RUN apt-get update && apt-get install -y graphviz && rm -rf /var/lib/apt/lists/*
# COPY requirements.txt .
# RUN pip install -r requirements.txt
# ```
#
# 둘째 줄을 보세요. 내려받기, 쓰기, 치우기를 *한* 단계에서 합니다. 같은 단계 안에서 더했다가 지운
# 것은 어떤 층에도 남지 않습니다.

# %% tags=["demo:twice"]

# %% [markdown] lang="en"
# So: **commit** to keep what you tried out this afternoon, **Dockerfile** for what others will rely
# on.
#
# ## Exercise 2: how big is the image?

# %% [markdown] lang="ko"
# 정리하면, 오늘 오후에 시험해 본 것을 간직하려면 **커밋**, 다른 사람이 믿고 쓸 환경이면
# **Dockerfile**입니다.
#
# ## 연습 2: 이미지는 얼마나 클까요?

# %% tags=["ex:image_size"] lang="en"
Action = tuple[str, str, int]


def image_size(steps: list[list[Action]]) -> int:
    """Return the size of the image in MB: the sum over its layers.

    Each step makes one layer. Its actions, in order, are ("add", path, MB), which writes or
    overwrites a file, and ("remove", path, 0). A layer holds what its own step has written
    and not removed again; whiteouts weigh nothing.
    """
    raise NotImplementedError


# %% tags=["ex:image_size"] lang="ko"
Action = tuple[str, str, int]


def image_size(steps: list[list[Action]]) -> int:
    """이미지의 크기를 MB로 돌려주세요. 모든 층의 합입니다.

    단계마다 층이 하나 생깁니다. 동작은 순서대로 ("add", 경로, MB)와 ("remove", 경로, 0)이며,
    add는 파일을 쓰거나 덮어씁니다. 층에는 그 단계에서 쓰고 다시 지우지 않은 것만 남습니다.
    화이트아웃의 크기는 0입니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## A question to take along
#
# After a commit, your image contains your shell history and an access token from `~/.config`. You
# delete both, commit again and share the new image. Are they really gone? What would you do
# instead?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 커밋한 이미지에 셸 기록과 `~/.config`의 접근 토큰이 들어 있었습니다. 둘 다 지우고 다시 커밋한
# 다음 새 이미지를 공유했습니다. 이제 정말 사라졌을까요? 여러분이라면 어떻게 하겠습니까?
