# %% [markdown] lang="en"
# # Image and container
#
# A laptop that trains a model today may fail to do so next week: somebody updated Python, a
# library is missing, a file was changed. Labs want the opposite: an environment that is *the same
# for everybody*, starts in a second, and may be broken without harm, because a fresh one is a
# second away.
#
# **The question of this lesson:** ten people start the same environment of 6 GB on one machine,
# and each may change any file. How can that need 6 GB rather than 60, and why does nobody see the
# changes of the others?

# %% [markdown] lang="ko"
# # 이미지와 컨테이너
#
# 오늘 모델을 잘 학습시키던 노트북 컴퓨터가 다음 주에는 안 될 수 있습니다. 누군가 파이썬을
# 업데이트했거나, 라이브러리가 빠졌거나, 파일이 바뀌었기 때문입니다. 연구실이 바라는 것은 그
# 반대입니다. *누구에게나 똑같고*, 1초 만에 뜨고, 망가뜨려도 곧바로 새로 띄울 수 있는 환경입니다.
#
# **이번 수업의 질문:** 열 사람이 컴퓨터 한 대에서 6 GB짜리 환경을 똑같이 띄우고, 저마다 아무
# 파일이나 고칠 수 있습니다. 어떻게 60 GB가 아니라 6 GB로 충분할까요? 그리고 왜 서로의 변경이 보이지
# 않을까요?

# %% [markdown] lang="en"
# ## Two words
#
# An **image** is a stored file tree: read-only, with a name, doing nothing. A **container** is a
# *process* that was started with such a tree as its disk, plus one thin layer of its own that it
# may write to. The relation is that of a recipe and a meal, or of a class and an object: one
# image, any number of containers, and no container changes the image.
#
# **Docker** is the tool that stores images and starts containers. Its use is to run and look after
# servers: a web server, a database and a notebook can share one machine without getting into each
# other's way.

# %% [markdown] lang="ko"
# ## 두 낱말
#
# **이미지**는 저장해 둔 파일 묶음입니다. 읽기 전용이고, 이름이 있고, 스스로 아무 일도 하지
# 않습니다. **컨테이너**는 그 파일 묶음을 디스크로 삼아 시작한 *프로세스*이며, 자기만 쓸 수 있는
# 얇은 층을 하나 더 가집니다. 요리법과 요리, 클래스와 객체의 관계와 같습니다. 이미지 하나에서
# 컨테이너를 몇 개든 만들 수 있고, 어떤 컨테이너도 이미지를 바꾸지 않습니다.
#
# **도커**는 이미지를 저장하고 컨테이너를 실행하는 도구입니다. 서버를 운영하고 관리하는 데 씁니다.
# 웹 서버와 데이터베이스와 노트북이 컴퓨터 한 대에서 서로 방해하지 않고 함께 돌아갑니다.

# %% tags=["demo:catalogue"]

# %% [markdown] lang="en"
# The workspace for machine learning that you are sitting in is *one image among many*. The same
# command starts a web server or a database; only the last word differs. And an image on the disk
# is like a program that nobody has started: until a container runs it, nothing happens.

# %% [markdown] lang="ko"
# 지금 여러분이 쓰는 머신러닝 작업 공간도 *수많은 이미지 가운데 하나*입니다. 같은 명령으로 웹
# 서버도 데이터베이스도 띄울 수 있고, 마지막 단어만 다릅니다. 디스크에 있는 이미지는 아직 실행하지
# 않은 프로그램과 같습니다. 컨테이너로 실행하기 전에는 아무 일도 일어나지 않습니다.

# %% [markdown] lang="en"
# ## Sheets of glass
#
# An image consists of **layers**. Think of sheets of glass, one upon another, each painted here
# and there. Looking from above you see, at every spot, the topmost paint. A container lays one
# clear sheet of its own on top and paints only on that one.
#
# Below, three letters-on-glass sheets form an image, and two containers paint on it. The
# fingerprint (a hash) of the three sheets is taken before and after.

# %% [markdown] lang="ko"
# ## 유리판 겹쳐 보기
#
# 이미지는 여러 **층(레이어)** 으로 이루어집니다. 군데군데 칠해진 유리판을 겹쳐 놓았다고 생각해
# 보세요. 위에서 내려다보면 자리마다 가장 위에 칠해진 것이 보입니다. 컨테이너는 맨 위에 자기만의
# 투명한 유리판을 한 장 얹고, 그 판에만 칠합니다.
#
# 아래에서는 글자를 적은 유리판 세 장이 이미지가 되고, 컨테이너 두 개가 그 위에 글자를 씁니다.
# 칠하기 전과 후에 세 장의 지문(해시)을 구해 비교합니다.

# %% tags=["demo:sheets"]

# %% [markdown] lang="en"
# Three rules make this work:
#
# - **read**: take the highest sheet that has something at that spot,
# - **write**: only ever on your own top sheet,
# - **delete**: you cannot scrape paint off a lower sheet, so you cover the spot on your own with a
#   special opaque mark, a **whiteout**.
#
# With $L_1, \dots, L_n$ for the sheets from bottom to top, a read is
#
# $$\text{read}(p) = L_k(p), \qquad k = \max\{\, i : p \in L_i \,\}$$
#
# and "not there" if no sheet has $p$, or if $L_k(p)$ is a whiteout. That is the whole of the file
# system behind Docker, and it answers our question: the 6 GB exist once, and each of the ten
# containers adds only what it wrote itself.

# %% [markdown] lang="ko"
# 세 가지 규칙이면 충분합니다.
#
# - **읽기**: 그 자리에 무언가 있는 판 가운데 가장 위의 것을 봅니다.
# - **쓰기**: 언제나 자기의 맨 위 판에만 씁니다.
# - **지우기**: 아래 판의 칠을 벗겨 낼 수 없으므로, 자기 판의 그 자리를 불투명한 표시로 덮습니다.
#   이 표시를 **화이트아웃**이라고 합니다.
#
# 아래에서 위로 판을 $L_1, \dots, L_n$이라고 하면 읽기는 다음과 같습니다.
#
# $$\text{read}(p) = L_k(p), \qquad k = \max\{\, i : p \in L_i \,\}$$
#
# 어느 판에도 $p$가 없거나 $L_k(p)$가 화이트아웃이면 "없음"입니다. 도커 뒤에 있는 파일 시스템의
# 원리는 이것이 전부이고, 처음 질문의 답이기도 합니다. 6 GB는 한 번만 저장되고, 열 개의 컨테이너는
# 저마다 자기가 쓴 것만 더합니다.

# %% tags=["ex:layers"] lang="en"
WHITEOUT = "<removed>"


def lookup(layers: list[dict[str, str]], path: str) -> str | None:
    """Return what a container reads at this path, None where it sees no file.

    layers: lowest first; the last one is the container's own. WHITEOUT marks a removed file.
    """
    raise NotImplementedError


def write(layers: list[dict[str, str]], path: str, text: str) -> None:
    """Write a file as a container does; the image's layers stay as they are."""
    raise NotImplementedError


def delete(layers: list[dict[str, str]], path: str) -> None:
    """Remove a file as a container does; the image's layers stay as they are."""
    raise NotImplementedError


# %% tags=["ex:layers"] lang="ko"
WHITEOUT = "<removed>"


def lookup(layers: list[dict[str, str]], path: str) -> str | None:
    """컨테이너가 이 경로에서 읽는 내용을 돌려주세요. 파일이 보이지 않으면 None입니다.

    layers: 가장 아래층부터. 마지막이 컨테이너 자신의 층입니다. WHITEOUT은 지운 파일을 뜻합니다.
    """
    raise NotImplementedError


def write(layers: list[dict[str, str]], path: str, text: str) -> None:
    """컨테이너가 하듯이 파일을 쓰세요. 이미지의 층은 그대로 두어야 합니다."""
    raise NotImplementedError


def delete(layers: list[dict[str, str]], path: str) -> None:
    """컨테이너가 하듯이 파일을 지우세요. 이미지의 층은 그대로 두어야 합니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Virtual machine or container?
#
# A **virtual machine** imitates a whole computer. On it runs an operating system of its own (the
# *guest*), with its own kernel, its own drivers, its own share of memory, set aside when it boots.
# A **container** imitates nothing: its processes are ordinary processes of the one kernel that is
# there, which merely shows them another file tree, other process numbers and another network. It
# *looks* as if it had an operating system of its own.

# %% [markdown] lang="ko"
# ## 가상머신일까요, 컨테이너일까요?
#
# **가상머신**은 컴퓨터 한 대를 통째로 흉내 냅니다. 그 위에 자기 운영체제(*게스트*)가 올라가고,
# 커널과 드라이버도 따로 있으며, 부팅할 때 메모리를 따로 떼어 둡니다. **컨테이너**는 아무것도 흉내
# 내지 않습니다. 컨테이너의 프로세스는 이미 있는 하나의 커널이 돌리는 평범한 프로세스이고, 커널이
# 다른 파일 묶음, 다른 프로세스 번호, 다른 네트워크를 보여 줄 뿐입니다. 그래서 마치 자기 운영체제가
# 있는 것처럼 *보입니다*.

# %% tags=["demo:machines"]

# %% [markdown] lang="en"
# Both lines are straight, but not equally steep. Each further virtual machine costs the program and
# a whole guest system; each further container costs the program and a small supervising process.
# The price: all containers share one kernel. A Linux container needs a Linux kernel, and a hole in
# that kernel is a hole for all.

# %% [markdown] lang="ko"
# 가상머신 쪽은 가파르게 늘지만 컨테이너 쪽은 천천히 늘어납니다. 프로그램 자신과, 컨테이너마다
# 하나씩 붙는 작은 감독 프로세스만 더해지기 때문입니다. 대신 모든 컨테이너가 커널 하나를 함께
# 씁니다. 리눅스 컨테이너에는 리눅스 커널이 필요하고, 그 커널에 보안 구멍이 있으면 모두가
# 위험해집니다.

# %% [markdown] lang="en"
# ## Errata 1: "no overhead"
#
# The course notes praise containers for using memory and CPU *without overhead*. Nearly, but not
# quite. Computing itself runs at full speed, for it is the same kernel and the same processor.
# What does cost something is everything at the borders: the supervising process, the address
# translation of `-p`, and the layers. To change a single byte of a file that lies in the image,
# the system must first **copy the whole file up** into your own layer. Work out how much that is.
#
# `image` gives the sizes of the image's files, `appends` lists what a program appends, one after
# another. How many bytes are written to the container's own layer in all? (A file that is not in
# the image begins empty and is simply written.)

# %% [markdown] lang="ko"
# ## 바로잡기 1: "오버헤드가 없다"
#
# 강의 노트는 컨테이너가 메모리와 CPU를 *오버헤드 없이* 쓴다고 칭찬합니다. 거의 맞지만 정확히는
# 아닙니다. 계산 자체는 제 속도로 돕니다. 같은 커널, 같은 프로세서이기 때문입니다. 비용은 경계에서
# 생깁니다. 감독 프로세스, `-p`의 주소 변환, 그리고 층입니다. 이미지에 있는 파일은 한 바이트만
# 바꾸려고 해도 먼저 **파일 전체를** 자기 층으로 **복사해 올려야**(copy-up) 합니다. 얼마나 되는지
# 직접 계산해 보세요.
#
# `image`는 이미지에 있는 파일의 크기, `appends`는 프로그램이 차례로 덧붙이는 양입니다. 컨테이너의
# 층에는 모두 몇 바이트가 쓰일까요? (이미지에 없는 파일은 빈 파일에서 시작하므로 그냥 쓰면 됩니다.)


# %% tags=["ex:copy_up"] lang="en"
def copy_up(image: dict[str, int], appends: list[tuple[str, int]]) -> int:
    """Return the bytes written to the container's own layer.

    image: path -> size in bytes. appends: (path, bytes appended), in order.
    """
    raise NotImplementedError


# %% tags=["ex:copy_up"] lang="ko"
def copy_up(image: dict[str, int], appends: list[tuple[str, int]]) -> int:
    """컨테이너의 층에 쓰이는 바이트 수를 돌려주세요.

    image: 경로 -> 크기(바이트). appends: (경로, 덧붙이는 바이트 수), 순서대로.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Errata 2: whose two billion?
#
# The course notes say that from 2014 on Google ran all its services with *Docker*, two billion
# containers a week. The number is real: an engineer of Google gave it in a talk on 22 May 2014.
# But he spoke of Google's *own* containers. Look at the calendar.

# %% [markdown] lang="ko"
# ## 바로잡기 2: 누구의 20억 개일까요?
#
# 강의 노트는 2014년부터 구글이 모든 서비스를 *도커*로 운영했고 일주일에 20억 개의 컨테이너를 썼다고
# 말합니다. 숫자 자체는 진짜입니다. 구글의 엔지니어가 2014년 5월 22일 발표에서 말했습니다. 그러나
# 그가 말한 것은 구글이 *직접 만든* 컨테이너였습니다. 연표를 보세요.

# %% tags=["demo:google_week"]

# %% [markdown] lang="en"
# Docker 1.0, the first version that its makers called ready for production, came out *after* the
# talk, while Google's containers had been at work for years. Write two functions with which such a
# claim can be examined: how many starts a second it means, and which tools existed on the day it
# was made. Dates are tuples (year, month, day).

# %% [markdown] lang="ko"
# 만든 사람들이 실제 서비스에 써도 된다고 한 첫 버전인 도커 1.0은 그 발표 *뒤에* 나왔고, 구글의
# 컨테이너는 이미 여러 해 동안 돌아가고 있었습니다. 이런 주장을 따져 볼 수 있는 함수 두 개를
# 작성하세요. 하나는 1초에 몇 개를 시작하는 셈인지, 다른 하나는 주장한 날에 어떤 도구가 이미
# 있었는지 알려 줍니다. 날짜는 (연, 월, 일) 튜플입니다.

# %% tags=["ex:claim"] lang="en"
Day = tuple[int, int, int]


def per_second(per_week: float) -> float:
    """Turn a count per week into a count per second."""
    raise NotImplementedError


def available(day: Day, releases: dict[str, Day]) -> list[str]:
    """Return, sorted by name, the tools that were out by the end of that day."""
    raise NotImplementedError


# %% tags=["ex:claim"] lang="ko"
Day = tuple[int, int, int]


def per_second(per_week: float) -> float:
    """일주일에 몇 개인지를 1초에 몇 개인지로 바꾸세요."""
    raise NotImplementedError


def available(day: Day, releases: dict[str, Day]) -> list[str]:
    """그날이 끝날 때까지 나와 있던 도구를 이름 순서로 돌려주세요."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## A question to take along
#
# A colleague starts a container, deletes a data set of 4 GB that lies in the image, and is
# surprised: the machine has no more room on its disk than before, but a little less. What happened,
# in the language of glass sheets?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 동료가 컨테이너를 띄우고 이미지에 들어 있는 4 GB짜리 데이터 세트를 지웠습니다. 그런데 컴퓨터의
# 디스크 여유는 늘기는커녕 아주 조금 줄었습니다. 유리판의 말로 설명하면 무슨 일이 일어난 것일까요?
