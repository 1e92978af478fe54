"""Layers of sequence networks for PyTorch in one of two layouts.

Channels first is (batch, channels, length) with Conv1d; channels last is Conv2d of height 1 on tensors in
``torch.channels_last``, which oneDNN runs without reordering.
"""

from __future__ import annotations

import torch
from torch import nn


class SequenceLayers:
    def __init__(self, channels_last):
        self.channels_last = channels_last

    def conv(self, channels, filters, width, padding="same", dilation=1):
        pad = dilation * (width - 1) // 2 if padding == "same" else 0
        if self.channels_last:
            return nn.Conv2d(channels, filters, (1, width), padding=(0, pad), dilation=(1, dilation))
        return nn.Conv1d(channels, filters, width, padding=pad, dilation=dilation)

    def batch_norm(self, channels):
        return nn.BatchNorm2d(channels) if self.channels_last else nn.BatchNorm1d(channels)

    def max_pool(self, size):
        return nn.MaxPool2d((1, size)) if self.channels_last else nn.MaxPool1d(size)

    def finish(self, module):
        """The module with its weights in the layout."""
        return module.to(memory_format=torch.channels_last) if self.channels_last else module

    def inputs(self, x):
        """(batch, length, channels) of NumPy in the layout."""
        tensor = torch.from_numpy(x).transpose(1, 2).contiguous()
        return tensor.unsqueeze(2).contiguous(memory_format=torch.channels_last) if self.channels_last else tensor

    def length_axes(self):
        return (2, 3) if self.channels_last else 2


class GlobalMax(nn.Module):
    def __init__(self, axes):
        super().__init__()
        self.axes = axes

    def forward(self, x):
        return x.amax(self.axes)
