# %% [markdown] lang="en"
# # Feeding the model
#
# A chef who cooks a meal in one minute is no use if every onion has to be fetched from the market
# first. GPUs compute, disks hold the data, and the road between them is narrow. In many a training
# the GPU waits more than it works. This lesson shows how to see that, and three ways to mend it:
# more RAM, faster disks, and helpers that fetch ahead.

# %% [markdown] lang="ko"
# # 모델에 데이터 먹이기
#
# 일 분 만에 요리를 끝내는 요리사도 양파 하나마다 시장에 다녀와야 한다면 소용이 없습니다. 연산은
# GPU가 하고 데이터는 디스크에 있으며, 그 사이의 길은 좁습니다. GPU가 일하는 시간보다 기다리는
# 시간이 긴 학습이 많습니다. 이 수업에서는 그것을 알아보는 법과, 고치는 세 가지 길을 배웁니다.
# RAM을 더 쓰고, 더 빠른 디스크를 쓰고, 미리 가져오는 일꾼을 두는 것입니다.

# %% tags=["demo:timeline"]

# %% [markdown] lang="en"
# ## Dataset and DataLoader
#
# PyTorch divides the work. A **Dataset** answers two questions: how many samples are there
# (`__len__`), and which is number $i$ (`__getitem__`). A **DataLoader** asks it: shuffles the
# numbers, fetches the samples, stacks them into batches. A good dataset is *lazy*: it reads a
# sample when it is asked for it, so that a million pictures need not fit into memory.

# %% [markdown] lang="ko"
# ## Dataset과 DataLoader
#
# PyTorch는 일을 나눕니다. **Dataset**은 두 가지 물음에 답합니다. 샘플이 모두 몇 개인가(`__len__`),
# $i$번째는 무엇인가(`__getitem__`). **DataLoader**는 그것을 부립니다. 번호를 섞고, 샘플을
# 가져오고, 배치로 쌓습니다. 좋은 데이터셋은 *게으릅니다*. 요청받을 때 그 샘플만 읽으므로 그림 백만
# 장이 메모리에 다 들어가지 않아도 됩니다.

# %% tags=["ex:rows_dataset"] lang="en"
import torch
from torch.utils.data import Dataset


class RowsDataset(Dataset):
    """Samples from lines of text: a header, then features and an integer label, by commas.

    Item i is (features as float32, label as int64); a line is read only when asked for.
    """

    def __init__(self, lines: list[str]) -> None:
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        raise NotImplementedError


# %% tags=["ex:rows_dataset"] lang="ko"
import torch
from torch.utils.data import Dataset


class RowsDataset(Dataset):
    """글로 된 줄의 샘플. 첫 줄은 머리글, 다음부터 쉼표로 나눈 특성과 정수 레이블입니다.

    i번째는 (float32 특성, int64 레이블)이며, 요청받을 때에만 그 줄을 읽습니다.
    """

    def __init__(self, lines: list[str]) -> None:
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        raise NotImplementedError


# %% [markdown] lang="en"
# ## Helpers that fetch ahead
#
# With `num_workers=2` the loader starts two processes. While the model computes, they already
# prepare the next batches (each `prefetch_factor` of them, 2 unless you say otherwise). The
# dataset below sleeps 12 ms for every picture, as if from a slow disk:

# %% [markdown] lang="ko"
# ## 미리 가져오는 일꾼
#
# `num_workers=2`라고 하면 로더가 프로세스 두 개를 띄웁니다. 모델이 계산하는 동안 일꾼(워커)은 다음
# 배치를 미리 준비합니다(저마다 `prefetch_factor`개씩이며, 따로 말하지 않으면 2개입니다). 아래
# 데이터셋은 느린 디스크처럼 그림 한 장에 12 ms를 잡니다.

# %% tags=["demo:workers"]

# %% tags=["ex:fast_loader"] lang="en"
from torch.utils.data import DataLoader, Dataset


def fast_loader(dataset: Dataset, batch_size: int) -> DataLoader:
    """Return a loader with two workers that keeps the order of the dataset."""
    raise NotImplementedError


# %% tags=["ex:fast_loader"] lang="ko"
from torch.utils.data import DataLoader, Dataset


def fast_loader(dataset: Dataset, batch_size: int) -> DataLoader:
    """워커가 두 개이고 데이터셋의 순서를 지키는 로더를 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# More workers are not always better: each is a process that wants a core and memory, and starting
# them costs time. When reading is as fast as computing, more helpers only stand in each other's
# way.
#
# ## RAM, one file, many files
#
# Memory is quicker than any disk, and an SSD quicker than a hard disk, above all for many small
# reads. What the system has read once it keeps in unused RAM, so a second pass is often much
# faster than the first. (Below all the files have just been written and are still in that cache;
# what you see is the price of opening a file for each sample.)

# %% [markdown] lang="ko"
# 워커가 많다고 늘 좋은 것은 아닙니다. 워커마다 코어와 메모리가 필요한 프로세스이고, 띄우는 데도
# 시간이 듭니다. 읽기가 계산만큼 빨라지면 일꾼을 늘려도 서로 걸리적거릴 뿐입니다.
#
# ## RAM, 파일 하나, 여러 파일
#
# 메모리는 어떤 디스크보다 빠르고, 작은 읽기가 많을 때는 특히 SSD가 하드 디스크(HDD)보다 빠릅니다.
# 한 번 읽은 것은 시스템이 남는 RAM에 간직하므로, 두 번째 바퀴는 첫 바퀴보다 훨씬 빠를 때가
# 많습니다. (아래 파일들은 방금 쓴 것이라 아직 그 캐시에 있습니다. 여기서 보이는 것은 샘플마다
# 파일을 여는 값입니다.)

# %% tags=["demo:memory_and_files"]

# %% [markdown] lang="en"
# ## Pinned memory
#
# A GPU copies fastest from memory that the system promises not to move: `pin_memory=True` asks the
# loader for that. Without a GPU it is useless. Put the rules together:

# %% [markdown] lang="ko"
# ## 고정 메모리
#
# GPU는 시스템이 옮기지 않겠다고 약속한 메모리에서 가장 빨리 복사합니다. `pin_memory=True`가
# 로더에게 그것을 부탁합니다. GPU가 없으면 쓸모가 없습니다. 규칙을 모아 봅시다.


# %% tags=["ex:loader_settings"] lang="en"
def loader_settings(cores: int, gpu: bool, training: bool) -> dict[str, object]:
    """Return num_workers, pin_memory, shuffle, drop_last and persistent_workers.

    One core is left to the training itself and there are never more than 4 workers.
    Memory is pinned for a GPU. Training shuffles and drops a short last batch.
    Workers, where there are any, live on after an epoch.
    """
    raise NotImplementedError


# %% tags=["ex:loader_settings"] lang="ko"
def loader_settings(cores: int, gpu: bool, training: bool) -> dict[str, object]:
    """num_workers, pin_memory, shuffle, drop_last, persistent_workers를 돌려줍니다.

    코어 하나는 학습 자체에 남기고 워커는 4개를 넘지 않습니다.
    메모리는 GPU가 있을 때 고정합니다. 학습할 때는 섞고 짧은 마지막 배치를 버립니다.
    워커가 있으면 에포크가 끝나도 살려 둡니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Errata: what the course notes say
#
# The notes start their container with **`--ipc=host`** and do not say why. Here is why: workers
# hand their batches over through *shared memory*, the folder `/dev/shm`, and Docker gives a
# container only 64 MiB of it. A few large batches, and training dies with "bus error".
# `--ipc=host` cures that by sharing the memory, and the message queues and semaphores, of the
# *whole machine*: on a server with several people the separation between them is gone. The right
# cure is a size: `--shm-size=2g`.

# %% [markdown] lang="ko"
# ## 강의 노트 바로잡기
#
# 강의 노트는 컨테이너를 `--ipc=host`로 띄우면서 까닭을 말하지 않습니다. 까닭은 이렇습니다. 워커는
# 배치를 *공유 메모리*, 곧 `/dev/shm` 폴더로 넘기는데, 도커는 컨테이너에 64 MiB만 줍니다. 큰 배치 몇
# 개면 "bus error"로 학습이 죽습니다. `--ipc=host`는 *기계 전체*의 공유 메모리와 메시지 큐,
# 세마포어를 함께 쓰게 해서 이 문제를 없앱니다. 그래서 여러 사람이 쓰는 서버에서는 서로의 격리가
# 사라집니다. 옳은 처방은 크기를 정하는 것입니다. `--shm-size=2g`처럼요.

# %% tags=["demo:shared_memory"]

# %% [markdown] lang="en"
# How large must it be? Work it out for any loader.

# %% [markdown] lang="ko"
# 얼마나 커야 할까요? 어떤 로더에 대해서든 계산해 보세요.


# %% tags=["ex:shm_needed"] lang="en"
def shm_needed(sample_bytes: int, batch_size: int, workers: int, prefetch: int) -> float:
    """Return the MiB that all prefetched batches take when every worker is ahead."""
    raise NotImplementedError


# %% tags=["ex:shm_needed"] lang="ko"
def shm_needed(sample_bytes: int, batch_size: int, workers: int, prefetch: int) -> float:
    """모든 워커가 미리 준비해 둔 배치가 차지하는 MiB를 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## To think about
#
# A training step takes 50 ms on the GPU, reading and preparing one batch takes 200 ms on one core.
# How many workers does the loader need before the GPU is always busy? And what will you gain from
# twice as many?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# GPU의 학습 한 걸음은 50 ms, 배치 하나를 읽고 준비하는 데는 코어 하나로 200 ms가 걸립니다. GPU가
# 쉬지 않으려면 워커가 몇 개 필요할까요? 워커를 그 두 배로 늘리면 무엇을 얻을까요?
