# %% [markdown] lang="en"
# # The road to your workspace
#
# You type an address at home, and a notebook that runs on a machine in the lab appears. Between
# the two lie a router, the lab's machine, a container and two programs inside it. On a good day
# you need not know any of them. On a bad day somebody asks "is it the router or Docker?", and
# whoever knows the road finds the answer in a minute.
#
# **The question of this lesson:** the page does not open. *Which hop is broken?*

# %% [markdown] lang="ko"
# # 네트워크 연결 과정
#
# 집에서 주소를 입력하면 연구실 컴퓨터에서 실행 중인 노트북이 화면에 나타납니다. 그 사이에는
# 공유기, 연구실 컴퓨터, 컨테이너, 그리고 컨테이너 안의 프로그램 두 개가 놓여 있습니다. 잘 될 때는
# 몰라도 됩니다. 그러나 안 될 때는 누군가 "공유기 문제인가요, 도커 문제인가요?" 하고 묻게 되고,
# 길을 아는 사람은 1분 만에 답을 찾습니다.
#
# **이번 수업의 질문:** 페이지가 열리지 않습니다. *어느 구간이 끊어졌을까요?*

# %% [markdown] lang="en"
# ## An address and a door
#
# An **IP address** is a building, a **port** is a numbered door in it. A whole network (a home, a
# lab) usually shows the outside world one building only: its **public address**. The machines
# inside have private addresses such as `192.168.0.10`, which nobody outside can reach.
#
# So somebody at the entrance must know which door leads where. That is **port forwarding**: a
# table with lines like "whoever knocks at public door 9201 is led to door 9201 of machine
# 192.168.0.10".
#
# On the way to your workspace there are *two* such tables:
#
# 1. the **router** has one: public port → machine and port,
# 2. **Docker** has one, written by `-p 9201:8080`: port of the machine → container and port.
#
# Behind door 8080 of the container sits a small **web proxy**, which reads the path of the request
# and passes it on to **Jupyter**, the program that shows the notebook.

# %% [markdown] lang="ko"
# ## 주소와 문
#
# **IP 주소**가 건물이라면 **포트**는 그 건물에 달린 번호 붙은 문입니다. 집이나 연구실의 네트워크는
# 바깥에 건물 하나, 곧 **공인 IP 주소** 하나만 보여 주는 것이 보통입니다. 안쪽 컴퓨터는
# `192.168.0.10` 같은 사설 주소를 쓰며, 이 주소로는 바깥에서 들어올 수 없습니다.
#
# 그래서 입구에 있는 누군가가 어느 문이 어디로 이어지는지 알고 있어야 합니다. 이것이 **포트
# 포워딩**입니다. "공인 주소의 9201번 문을 두드린 손님은 192.168.0.10의 9201번 문으로 안내한다"
# 같은 줄이 적힌 표라고 생각하면 됩니다.
#
# 작업 공간까지 가는 길에는 이런 표가 *두 개* 있습니다.
#
# 1. **공유기**의 표: 공인 포트 → 컴퓨터와 포트
# 2. **도커**의 표(`-p 9201:8080`이 한 줄을 씁니다): 컴퓨터의 포트 → 컨테이너와 포트
#
# 컨테이너의 8080번 문 뒤에는 작은 **웹 프록시**가 앉아 있습니다. 프록시는 요청의 경로를 읽고,
# 노트북을 보여 주는 프로그램인 **Jupyter**에 요청을 넘깁니다.

# %% tags=["demo:road"]

# %% [markdown] lang="en"
# Read the table from top to bottom: at each hop the *destination* is rewritten, the message itself
# stays the same. As a formula, the road is one function put into another:
#
# $$\text{place} = \text{docker}\bigl(\text{router}(\text{public port})\bigr)$$
#
# Note that the two numbers of `-p 9201:8080` belong to different machines: the left one to the
# host, the right one to the container. 9201 is chosen by whoever starts the container and must be
# free on the host; 8080 is chosen by whoever made the image. That is why ten people can all use
# 8080 in their own containers, but each needs a host port of their own.

# %% [markdown] lang="ko"
# 표를 위에서 아래로 읽어 보세요. 구간을 지날 때마다 *목적지*가 새로 적힐 뿐, 메시지 자체는
# 그대로입니다. 식으로 쓰면 함수 안에 함수를 넣은 모양입니다.
#
# $$\text{도착지} = \text{docker}\bigl(\text{router}(\text{공인 포트})\bigr)$$
#
# `-p 9201:8080`의 두 숫자는 서로 다른 컴퓨터의 것입니다. 왼쪽은 호스트의 포트, 오른쪽은 컨테이너의
# 포트입니다. 9201은 컨테이너를 띄우는 사람이 정하고 호스트에서 비어 있어야 합니다. 8080은 이미지를
# 만든 사람이 정합니다. 그래서 열 사람이 각자의 컨테이너에서 똑같이 8080을 쓸 수 있지만, 호스트
# 포트는 사람마다 달라야 합니다.

# %% [markdown] lang="en"
# ## How does the answer find its way back?
#
# The browser sent its request to the *public* address and expects the answer from there. So the
# router writes down every connection that it lets in: who came, and where it led them. For an
# answer it reads its own notes backwards. You need no second rule for the way back.

# %% [markdown] lang="ko"
# ## 대답은 어떻게 되돌아올까요?
#
# 브라우저는 *공인* 주소로 요청을 보냈으니 대답도 그 주소에서 오리라고 기대합니다. 그래서 공유기는
# 들여보낸 연결마다 누가 왔고 어디로 안내했는지 적어 둡니다. 대답이 나갈 때는 그 기록을 거꾸로
# 읽습니다. 돌아오는 길을 위한 규칙을 따로 만들 필요는 없습니다.

# %% tags=["demo:way_back"]

# %% [markdown] lang="en"
# ## Four faults, four symptoms
#
# What you see in the browser already tells you how far the message came.

# %% [markdown] lang="ko"
# ## 고장 네 가지, 증상 네 가지
#
# 브라우저에 보이는 증상만으로도 메시지가 어디까지 갔는지 짐작할 수 있습니다.

# %% tags=["demo:four_faults"]

# %% [markdown] lang="en"
# Silence, a slammed door, a door that opens onto an empty room, a doorman who says "nobody answers
# upstairs": each comes from another place. Search from the outside inwards, and stop at the
# *first* hop that fails: whatever lies behind it cannot be judged yet.
#
# In your own workspace you can look at the last two hops yourself. Open a terminal and try:
#
# ```
# ss -ltn                            # which ports does somebody listen on?
# curl -sI http://127.0.0.1:8080/    # does the proxy answer, and with which status?
# ```

# %% [markdown] lang="ko"
# 아무 대답이 없는 경우, 문이 바로 닫히는 경우, 문은 열리는데 방이 빈 경우, 문지기가 "위층에서
# 대답이 없습니다" 하고 말하는 경우. 증상마다 나오는 곳이 다릅니다. 바깥에서 안쪽으로 차례로
# 살피고, *처음으로* 실패한 구간에서 멈추세요. 그 뒤의 구간은 아직 판단할 수 없습니다.
#
# 마지막 두 구간은 자기 작업 공간에서 직접 확인할 수 있습니다. 터미널을 열고 실행해 보세요.
#
# ```
# ss -ltn                            # 어느 포트에서 누가 듣고 있나요?
# curl -sI http://127.0.0.1:8080/    # 프록시가 대답하나요? 상태 코드는 무엇인가요?
# ```

# %% [markdown] lang="en"
# ## Two real relays
#
# A forwarding table is not magic. Below, two small relays run on this very machine: the first plays
# the router, the second plays Docker, and a little web server plays Jupyter. The request goes
# through real sockets. Then the web server is switched off, and the same road is walked again.

# %% [markdown] lang="ko"
# ## 진짜 중계기 두 개
#
# 포트 포워딩은 마법이 아닙니다. 아래에서는 지금 이 컴퓨터 안에 작은 중계기 두 개를 띄웁니다.
# 첫째는 공유기 역할, 둘째는 도커 역할을 하고, 작은 웹 서버가 Jupyter 역할을 합니다. 요청은 진짜
# 소켓을 지나갑니다. 그다음 웹 서버를 끄고 같은 길을 한 번 더 걸어 봅니다.

# %% tags=["demo:two_relays"]

# %% [markdown] lang="en"
# ## Exercise 1: follow the road
#
# Write `route`. Both tables are dictionaries, and each may lack a line.

# %% [markdown] lang="ko"
# ## 연습 1: 길 따라가기
#
# `route`를 작성하세요. 두 표는 모두 딕셔너리이고, 필요한 줄이 없을 수도 있습니다.

# %% tags=["ex:route"] lang="en"
def route(
    public_port: int,
    router: dict[int, tuple[str, int]],
    docker: dict[tuple[str, int], tuple[str, int]],
) -> tuple[str, int] | None:
    """Where does a message to this public port end?

    router: public port -> (machine, port of the machine)
    docker: (machine, port of the machine) -> (container, port of the container)
    Returns (container, port), or None where one of the tables has no line for it.
    """
    raise NotImplementedError


# %% tags=["ex:route"] lang="ko"
def route(
    public_port: int,
    router: dict[int, tuple[str, int]],
    docker: dict[tuple[str, int], tuple[str, int]],
) -> tuple[str, int] | None:
    """이 공인 포트로 보낸 메시지는 어디에 도착할까요?

    router: 공인 포트 -> (컴퓨터, 컴퓨터의 포트)
    docker: (컴퓨터, 컴퓨터의 포트) -> (컨테이너, 컨테이너의 포트)
    (컨테이너, 포트)를 돌려주세요. 두 표 가운데 하나라도 해당하는 줄이 없으면 None입니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Exercise 2: find the broken hop
#
# Now you are the one who is asked. You know both tables, which doors somebody listens behind, and
# in which containers Jupyter answers. Name the first hop that is broken.

# %% [markdown] lang="ko"
# ## 연습 2: 끊어진 구간 찾기
#
# 이번에는 질문을 받는 쪽입니다. 두 표와, 어느 문 뒤에서 프로그램이 듣고 있는지, 어느 컨테이너의
# Jupyter가 대답하는지를 알고 있습니다. 처음으로 끊어진 구간의 이름을 대세요.


# %% tags=["ex:broken_hop"] lang="en"
def broken_hop(
    public_port: int,
    router: dict[int, tuple[str, int]],
    docker: dict[tuple[str, int], tuple[str, int]],
    listening: set[tuple[str, int]],
    answering: set[str],
) -> str:
    """Name the first broken hop on the way in.

    listening: the (container, port) doors behind which a proxy listens
    answering: the containers whose Jupyter answers its proxy
    Returns "router", "docker", "proxy", "jupyter", or "none" where all is well.
    """
    raise NotImplementedError


# %% tags=["ex:broken_hop"] lang="ko"
def broken_hop(
    public_port: int,
    router: dict[int, tuple[str, int]],
    docker: dict[tuple[str, int], tuple[str, int]],
    listening: set[tuple[str, int]],
    answering: set[str],
) -> str:
    """들어오는 길에서 처음으로 끊어진 구간의 이름을 돌려주세요.

    listening: 프록시가 듣고 있는 (컨테이너, 포트)의 집합
    answering: Jupyter가 프록시에 대답하는 컨테이너의 집합
    "router", "docker", "proxy", "jupyter" 가운데 하나, 모두 정상이면 "none"입니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## What the course notes say
#
# The notes give the road in one sentence: the router does the first forwarding and the docker
# command the second. That is right, and there is nothing to correct here. What the sentence leaves
# out is what you used in exercise 2: the proxy and Jupyter behind the second door can fail too,
# each in its own way.

# %% [markdown] lang="ko"
# ## 강의 노트와 비교하기
#
# 강의 노트는 이 길을 한 문장으로 말합니다. 첫 번째 포트 포워딩은 공유기가, 두 번째는 도커 명령이
# 맡는다는 것입니다. 맞는 말이고, 고칠 곳이 없습니다. 다만 연습 2에서 쓴 것이 빠져 있습니다. 두
# 번째 문 뒤의 프록시와 Jupyter도 저마다 다른 모습으로 고장 날 수 있습니다.

# %% [markdown] lang="en"
# ## A question to take along
#
# From home the page does not open, but from another computer in the same lab
# `http://192.168.0.10:9201` works. Which hops have you just proved to be fine, and which single
# one is left?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 집에서는 페이지가 열리지 않는데, 같은 연구실의 다른 컴퓨터에서는 `http://192.168.0.10:9201`이 잘
# 열립니다. 방금 정상이라고 증명된 구간은 어디이고, 남은 한 구간은 어디일까요?
