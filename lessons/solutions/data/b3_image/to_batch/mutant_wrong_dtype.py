# kind: wrong_dtype
import numpy as np
import torch
from torch import Tensor


def to_batch(pictures: list[np.ndarray]) -> Tensor:
    planes = [torch.from_numpy(picture).permute(2, 0, 1) for picture in pictures]
    return torch.stack(planes).double() / 255
