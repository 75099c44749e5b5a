# %% [markdown] lang="en"
# # Text
#
# A model computes with numbers, and a sentence is not a number. Somebody must decide what one
# *unit* of text is, a letter, a syllable, a word, and which number each unit gets. A careless
# decision shows at once in Korean: two files that look exactly alike may not have a single
# character in common.
#
# **The question of this lesson:** how does a sentence become a tensor, and how does it come back
# unharmed?

# %% [markdown] lang="ko"
# # 텍스트
#
# 모델은 숫자로 계산하는데 문장은 숫자가 아닙니다. 글의 *단위*를 낱글자로 할지, 음절로 할지, 단어로
# 할지, 그리고 단위마다 어떤 번호를 줄지 누군가 정해야 합니다. 아무렇게나 정하면 한국어에서 바로
# 탈이 납니다. 화면에는 똑같이 보이는 두 파일에 같은 문자가 하나도 없을 수 있습니다.
#
# **이번 수업의 질문:** 문장은 어떻게 텐서가 되고, 어떻게 다치지 않고 돌아올까요?

# %% [markdown] lang="en"
# ## One row for each character
#
# The plainest way: fix an **alphabet**, number its characters, and write each character of the
# text as a **one-hot** row. A text of $T$ characters and an alphabet of $A$ give a $T \times A$
# matrix with a single 1 in each row. The same works for words; then $A$ is the number of words
# that one knows.

# %% [markdown] lang="ko"
# ## 문자마다 한 행
#
# 가장 단순한 방법은 **문자표**를 정해 문자마다 번호를 매기고, 글의 문자를 **원-핫** 행으로 적는
# 것입니다. 문자가 $T$개인 글과 크기가 $A$인 문자표에서는 행마다 1이 하나뿐인 $T \times A$ 행렬이
# 나옵니다. 단어에도 똑같이 쓸 수 있습니다. 그때 $A$는 아는 단어의 개수입니다.

# %% tags=["demo:matrix"]

# %% tags=["ex:char_onehot"] lang="en"
import torch
from torch import Tensor


def char_onehot(text: str, alphabet: str) -> Tensor:
    """Return one one-hot row for each character; float32, len(text) x len(alphabet).

    A character that the alphabet lacks gets a row of zeros.
    """
    raise NotImplementedError


# %% tags=["ex:char_onehot"] lang="ko"
import torch
from torch import Tensor


def char_onehot(text: str, alphabet: str) -> Tensor:
    """문자마다 원-핫 행을 하나씩 돌려주세요. float32, len(text) x len(alphabet).

    문자표에 없는 문자의 행은 모두 0입니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Syllables and jamo
#
# English has 26 letters. Korean is written in syllables, and Unicode has all 11,172 of them in one
# block, from 가 (44032) on. Each consists of two or three letters (**jamo**): one of 19 initials,
# one of 21 vowels, one of 28 finals (none counts as one). The block is sorted so that the parts can
# be *computed*:
#
# $$\text{code} = 44032 + 588 \cdot \text{initial} + 28 \cdot \text{vowel} + \text{final}$$
#
# with $588 = 21 \cdot 28$. So one may choose: 11,172 units and short sequences, or 68 units and
# sequences three times as long.

# %% [markdown] lang="ko"
# ## 음절과 자모
#
# 영어의 글자는 26개입니다. 한글은 음절로 모아 쓰고, 유니코드에는 11,172개의 음절이 가(44032)부터 한
# 구역에 모두 들어 있습니다. 음절은 낱글자(**자모**) 두세 개로 이루어집니다. 초성은 19개, 중성은
# 21개, 종성은 없는 경우까지 28개 가운데 하나입니다. 이 구역은 성분을 *계산*해 낼 수 있도록 정렬되어
# 있습니다.
#
# $$\text{code} = 44032 + 588 \cdot \text{initial} + 28 \cdot \text{vowel} + \text{final}$$
#
# 여기서 $588 = 21 \cdot 28$이고, initial, vowel, final은 초성, 중성, 종성의 번호입니다. 그래서
# 선택할 수 있습니다. 단위가 11,172개이고 짧은 수열로 적거나, 단위가 68개이고 세 배쯤 긴 수열로
# 적습니다.

# %% tags=["demo:syllables"]

# %% [markdown] lang="en"
# ## The same, and yet not equal
#
# Unicode allows both ways of writing: a syllable as one character (**NFC**, composed) or as its
# jamo, one after the other (**NFD**, decomposed). The screen shows the same. Windows and the web
# mostly use NFC, file names from a Mac are often NFD. To a program the two strings are as
# different as cat and dog. So **normalise first**: `unicodedata.normalize("NFC", text)`.

# %% [markdown] lang="ko"
# ## 똑같이 보이지만 같지 않은 글
#
# 유니코드는 두 가지 표기를 모두 허용합니다. 음절을 문자 하나로 적거나(**NFC**, 완성형), 자모를
# 차례로 적습니다(**NFD**, 분해형). 화면에는 똑같이 보입니다. 윈도우와 웹은 대개 NFC를 쓰고, 맥에서
# 온 파일 이름은 NFD일 때가 많습니다. 프로그램에게 두 문자열은 고양이와 강아지만큼 다릅니다. 그러니
# **먼저 정규화하세요**: `unicodedata.normalize("NFC", text)`

# %% tags=["demo:forms"]

# %% [markdown] lang="en"
# ## A vocabulary
#
# With words one cannot list everything in advance. A **vocabulary** is built from the training
# texts: count the words, keep those that occur often enough, number them. Number 0 is kept for
# **UNK**, "unknown": every other word gets it. Few words cover most of a text, and most words are
# rare.

# %% [markdown] lang="ko"
# ## 어휘 사전
#
# 단어는 미리 모두 적어 둘 수 없습니다. **어휘 사전**은 훈련 글에서 만듭니다. 단어를 세고, 충분히
# 자주 나온 것만 남겨 번호를 매깁니다. 0번은 "모르는 단어"를 뜻하는 **UNK**의 몫이고, 나머지 단어는
# 모두 0번이 됩니다. 적은 수의 단어가 글의 대부분을 차지하고, 대부분의 단어는 드물게 나옵니다.

# %% tags=["demo:counting"]

# %% tags=["ex:vocab"] lang="en"
UNK = "<unk>"


def vocab(texts: list[str], at_least: int) -> dict[str, int]:
    """Number the words that occur at least at_least times; words are split at white space.

    UNK has number 0. The others follow from 1 on, the most frequent first; words that occur
    equally often stand in alphabetical order (sorted).
    """
    raise NotImplementedError


# %% tags=["ex:vocab"] lang="ko"
UNK = "<unk>"


def vocab(texts: list[str], at_least: int) -> dict[str, int]:
    """at_least번 이상 나온 단어에 번호를 매기세요. 단어는 공백으로 나눕니다.

    UNK는 0번입니다. 나머지는 1번부터 자주 나온 순서이고, 횟수가 같으면 사전 순서(sorted)입니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## From one-hot to embedding
#
# A one-hot row multiplied by a matrix $E$ simply picks a row of it:
# $\text{onehot}(k) \cdot E = E_k$. So one skips the zeros and looks row $k$ up. Such a table of
# rows is an **embedding**: it turns a number without meaning into a short vector, and training
# moves words of similar use to similar places.

# %% [markdown] lang="ko"
# ## 원-핫에서 임베딩으로
#
# 원-핫 행에 행렬 $E$를 곱하면 $E$의 한 행을 고르는 것과 같습니다:
# $\text{onehot}(k) \cdot E = E_k$. 그래서 0을 곱하는 수고를 덜고 $k$번 행을 바로 찾아봅니다. 이런
# 행들의 표를 **임베딩**이라고 합니다. 뜻 없는 번호가 짧은 벡터로 바뀌고, 학습이 진행되면 쓰임이
# 비슷한 단어는 비슷한 자리로 모입니다.

# %% tags=["demo:lookup"]

# %% [markdown] lang="en"
# ## Exercise 3: there and back
#
# Normalise to NFC, split at white space, look up; unknown words become UNK. Back again, the words
# are joined with single spaces. For a text of known words, single spaces and NFC,
# `decode(encode(s)) == s` must hold, in Korean and in English.

# %% [markdown] lang="ko"
# ## 연습 3: 갔다가 돌아오기
#
# NFC로 정규화하고, 공백으로 나누고, 번호를 찾으세요. 모르는 단어는 UNK가 됩니다. 돌아올 때는
# 단어를 공백 하나로 이어 붙입니다. 아는 단어와 공백 하나로 이루어진 NFC 글이라면 한국어든 영어든
# `decode(encode(s)) == s`여야 합니다.

# %% tags=["ex:encode"] lang="en"
import unicodedata

UNK = "<unk>"


def encode(text: str, numbers: dict[str, int]) -> list[int]:
    """Return the number of each word; numbers[UNK] for a word that is not there.

    The words in numbers are NFC; the text may be anything.
    """
    raise NotImplementedError


def decode(codes: list[int], numbers: dict[str, int]) -> str:
    """Return the words of these numbers, joined with single spaces."""
    raise NotImplementedError


# %% tags=["ex:encode"] lang="ko"
import unicodedata

UNK = "<unk>"


def encode(text: str, numbers: dict[str, int]) -> list[int]:
    """단어마다 번호를 돌려주세요. 없는 단어는 numbers[UNK]입니다.

    numbers의 단어는 NFC입니다. text는 어떤 형태든 올 수 있습니다.
    """
    raise NotImplementedError


def decode(codes: list[int], numbers: dict[str, int]) -> str:
    """번호에 해당하는 단어를 공백 하나로 이어 돌려주세요."""
    raise NotImplementedError


# %% [markdown] lang="en"
# The course notes only name text among the kinds of data that one prepares, so there is nothing to
# correct here.
#
# ## A question to take along
#
# 학교, 학교에서, 학교는: split at spaces, these are three words that have nothing in common. With
# jamo they share most of their units, but a sentence gets very long. What would a good unit
# between the two look like, and could one find it by counting?

# %% [markdown] lang="ko"
# 강의 노트는 준비할 데이터의 종류로 텍스트를 이름만 들므로, 여기서 바로잡을 것은 없습니다.
#
# ## 생각해 볼 질문
#
# 학교, 학교에서, 학교는. 공백으로 나누면 서로 아무 관계 없는 단어 셋입니다. 자모로 나누면 대부분의
# 단위가 겹치지만 문장이 아주 길어집니다. 둘 사이에서 좋은 단위는 어떤 모습일까요? 세어 보는
# 것만으로 찾을 수 있을까요?
