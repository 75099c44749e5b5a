# kind: reshaped
import numpy as np
import torch
from torch import Tensor


def to_batch(pictures: list[np.ndarray]) -> Tensor:
    planes = [torch.from_numpy(picture).reshape(3, *picture.shape[:2]) for picture in pictures]
    return torch.stack(planes).float() / 255
