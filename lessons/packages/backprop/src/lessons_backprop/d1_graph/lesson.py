# %% [markdown] lang="en"
# # If apples get dearer, what happens to the bill?
#
# You buy 2 apples at 100 won each, and a sales tax of 10 % comes on top: the bill is 220 won. Now
# the price of an apple rises by 1 won. By how much does the bill rise? And if you take one apple
# more? And if the tax factor changes? You could do the whole sum again for each question. This
# lesson shows how to answer all of them at once, with one walk forwards and one walk back.

# %% [markdown] lang="ko"
# # 사과값이 오르면 계산서는 어떻게 될까요?
#
# 한 개에 100원인 사과를 2개 사고 부가가치세 10 %가 붙으면 220원을 냅니다. 사과값이 1원 오르면 낼
# 돈은 얼마나 늘어날까요? 사과를 하나 더 사면요? 세율이 바뀌면요? 물을 때마다 처음부터 다시 계산할
# 수도 있습니다. 이 수업에서는 앞으로 한 번, 뒤로 한 번만 걸으면 모든 물음에 한꺼번에 답하는 방법을
# 배웁니다.

# %% [markdown] lang="en"
# ## Draw the computation
#
# A **computational graph** shows a computation as **nodes** and **edges**. A node is one operation
# ($\times$ or $+$), an edge is a number on its way from one operation to the next, in the direction
# of the arrow. Going from left to right, from the inputs to the result, is the **forward pass**:
#
# price 100, count 2 → [×] → 200; with tax 1.1 → [×] → **220**.

# %% [markdown] lang="ko"
# ## 계산을 그림으로
#
# **계산 그래프**는 계산 과정을 **노드**와 **엣지**로 그린 것입니다. 노드는 연산 하나($\times$나 $+$)를
# 나타내고, 엣지는 한 연산에서 다음 연산으로 화살표 방향을 따라 흘러가는 수입니다. 입력에서 결과까지
# 왼쪽에서 오른쪽으로 가는 것이 **순전파**입니다.
#
# 가격 100, 개수 2 → [×] → 200, 여기에 세금 1.1 → [×] → **220**

# %% tags=["demo:two_apples"]

# %% [markdown] lang="en"
# The point of the picture: each node only looks at what arrives at its own door. The second $\times$
# does not care that 200 came from apples. This is called **local computation**, and it makes a
# difficult computation a chain of easy ones.
#
# ## Backwards
#
# Now the question about the price $x$ and the bill $L$: what is $\frac{\partial L}{\partial x}$, the
# rise of the bill per won of price? Start at the right end with 1 (if the bill rises by one won, the
# bill rises by one won) and walk back. At each node, pass on to each input what came in from the
# right, times the **local derivative** of the node:
#
# * **Addition** $z = a + b$: both local derivatives are 1. It passes the number on unchanged.
# * **Multiplication** $z = a \cdot b$: the derivative with respect to $a$ (we also say *by* $a$) is
#   $b$, and by $b$ it is $a$. It multiplies by *the other* input, so it must remember its inputs
#   from the forward pass.
#
# From the right: 1. Through the tax node: $1 \cdot 1.1 = 1.1$ goes to the subtotal, $1 \cdot 200 = 200$
# to the tax. Through the apple node: $1.1 \cdot 2 = 2.2$ to the price, $1.1 \cdot 100 = 110$ to the
# count. So one won more per apple makes the bill 2.2 won higher, one apple more makes it 110 won
# higher.
#
# ## With oranges
#
# Add 3 oranges at 150 won. Now an addition joins the two kinds of fruit before the tax. Before you
# run the cell: what is the bill, and by how much does it rise per won on the price of an orange?

# %% [markdown] lang="ko"
# 그림에서 눈여겨볼 것은, 모든 노드가 자기 문 앞에 도착한 것만 본다는 점입니다. 두 번째 $\times$는
# 200이 사과에서 왔는지 신경 쓰지 않습니다. 이것을 **국소적 계산**이라고 합니다. 덕분에 어려운 계산이
# 쉬운 계산들의 사슬이 됩니다.
#
# ## 거꾸로
#
# 이제 가격을 $x$, 낼 돈을 $L$이라 하고 $\frac{\partial L}{\partial x}$를 구해 봅시다. 가격이 1원
# 오를 때 낼 돈이 얼마나 늘어나는지입니다. 오른쪽 끝에서 1로 시작해(낼 돈이 1원 늘면 낼 돈은 1원
# 늡니다) 뒤로 걸어갑니다. 노드마다 오른쪽에서 온 수에 그 노드의 **국소적 미분**을 곱해 각 입력으로
# 보냅니다.
#
# * **덧셈** $z = a + b$: 국소적 미분이 둘 다 1입니다. 온 수를 그대로 보냅니다.
# * **곱셈** $z = a \cdot b$: $a$로 미분하면 $b$, $b$로 미분하면 $a$입니다. *상대방* 입력을 곱해
#   보내므로, 순전파 때의 입력을 기억하고 있어야 합니다.
#
# 오른쪽에서 1이 옵니다. 세금 노드를 지나면 소계로 $1 \cdot 1.1 = 1.1$, 세금으로 $1 \cdot 200 = 200$이
# 갑니다. 사과 노드를 지나면 가격으로 $1.1 \cdot 2 = 2.2$, 개수로 $1.1 \cdot 100 = 110$이 갑니다.
# 사과값이 1원 오르면 낼 돈이 2.2원 늘고, 사과를 하나 더 사면 110원 늘어난다는 뜻입니다.
#
# ## 귤까지 사면
#
# 한 개에 150원인 귤을 3개 더해 봅시다. 세금을 매기기 전에 두 과일을 합치는 덧셈이 생깁니다. 셀을
# 실행하기 전에 맞혀 보세요. 낼 돈은 얼마이고, 귤값이 1원 오르면 얼마나 늘어날까요?

# %% tags=["demo:apples_and_oranges"]

# %% [markdown] lang="en"
# Five derivatives from a single walk back. That is why the graph is worth its ink:
#
# * local computation keeps each step simple;
# * the backward walk gives **all** derivatives efficiently, for the price of a few more forward
#   passes.
#
# ## Your turn
#
# Write the two nodes. `forward` computes and remembers, `backward` takes what came in from the
# right and returns what goes out to the left, one number for each input.

# %% [markdown] lang="ko"
# 뒤로 한 번 걸어서 미분을 다섯 개나 얻었습니다. 계산 그래프를 그릴 만한 까닭이 여기 있습니다.
#
# * 국소적 계산 덕분에 한 단계 한 단계가 단순해집니다.
# * 뒤로 걸으면 **모든** 미분을 효율적으로 얻습니다. 드는 값은 순전파를 몇 번 더 하는 정도입니다.
#
# ## 직접 해 보기
#
# 두 노드를 만들어 보세요. `forward`는 계산하고 기억합니다. `backward`는 오른쪽에서 온 수를 받아
# 왼쪽으로 보낼 수를 입력마다 하나씩 돌려줍니다.

# %% tags=["ex:mul"] lang="en"
class Mul:
    """A node that multiplies."""

    def forward(self, a, b):
        """Return a times b."""
        raise NotImplementedError

    def backward(self, upstream):
        """Return (derivative by a, derivative by b), given the derivative by the product."""
        raise NotImplementedError


# %% tags=["ex:mul"] lang="ko"
class Mul:
    """곱하는 노드."""

    def forward(self, a, b):
        """a 곱하기 b를 돌려줍니다."""
        raise NotImplementedError

    def backward(self, upstream):
        """곱에 대한 미분 upstream을 받아 (a에 대한 미분, b에 대한 미분)을 돌려줍니다."""
        raise NotImplementedError


# %% tags=["ex:add"] lang="en"
class Add:
    """A node that adds."""

    def forward(self, a, b):
        """Return a plus b."""
        raise NotImplementedError

    def backward(self, upstream):
        """Return (derivative by a, derivative by b), given the derivative by the sum."""
        raise NotImplementedError


# %% tags=["ex:add"] lang="ko"
class Add:
    """더하는 노드."""

    def forward(self, a, b):
        """a 더하기 b를 돌려줍니다."""
        raise NotImplementedError

    def backward(self, upstream):
        """합에 대한 미분 upstream을 받아 (a에 대한 미분, b에 대한 미분)을 돌려줍니다."""
        raise NotImplementedError


# %% [markdown] lang="en"
# Last, the whole bill. You may paste your two nodes above it, or write the walk out by hand.

# %% [markdown] lang="ko"
# 마지막으로 계산서 전체입니다. 앞에서 만든 두 노드를 위에 붙여 넣어도 되고, 걷는 과정을 손으로 풀어
# 적어도 됩니다.


# %% tags=["ex:bill"] lang="en"
def bill(apple_price, apples, orange_price, oranges, tax):
    """Return (total, slopes) of (apple_price * apples + orange_price * oranges) * tax.

    slopes: the derivatives of the total by the five inputs, in the order of the arguments.
    """
    raise NotImplementedError


# %% tags=["ex:bill"] lang="ko"
def bill(apple_price, apples, orange_price, oranges, tax):
    """(apple_price * apples + orange_price * oranges) * tax의 (total, slopes)를 돌려줍니다.

    slopes: total을 다섯 입력으로 미분한 값으로, 인수의 순서를 따릅니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Reading the course notes
#
# The pictures of the shop are lost from the notes, and with them every number; the figures here are
# this course's own. What the notes say about graphs is sound. One sentence of the same section,
# that differentiating is what makes the older method slow, is taken up in the lesson on
# backpropagation: the walk back differentiates too.
#
# ## To think about
#
# `backward` of a multiplication needs the numbers of the forward pass. A network does millions of
# multiplications. What does that mean for the memory that training takes, compared with merely
# using the network?

# %% [markdown] lang="ko"
# ## 강의 노트를 읽을 때
#
# 강의 노트에서 가게 그림이 사라지면서 숫자도 모두 없어졌습니다. 여기 나온 숫자는 이 강좌에서 새로
# 정한 것입니다. 노트가 계산 그래프에 대해 말하는 내용은 옳습니다. 다만 같은 절에 옛 방법이 느린
# 까닭이 미분을 쓰기 때문이라는 문장이 있는데, 이것은 오차역전파 수업에서 다룹니다. 뒤로 걷는 것도
# 미분이기 때문입니다.
#
# ## 생각해 볼 질문
#
# 곱셈의 `backward`에는 순전파 때의 수가 필요합니다. 신경망은 곱셈을 수백만 번 합니다. 그렇다면 훈련에
# 드는 메모리는 신경망을 그냥 쓸 때에 비해 어떨까요?
