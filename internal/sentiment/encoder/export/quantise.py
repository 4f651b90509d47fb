"""fp32 matrices to int8 rows with one scale each, and the order of bytes that every kernel reads."""
import numpy as np

OUTPUTS = 16  # outputs side by side in a panel
INPUTS = 4  # inputs side by side for one output


def smoothing(peaks, weights, strength=0.6):
    """Factors that the input channels are divided by, and the weights multiplied with, before both become int8.

    Channels with large activations would leave few of the 255 steps to the others; moving part of the range into the weights
    evens it out (SmoothQuant, Xiao et al. 2023, arXiv 2211.10438, equation 4). The geometric mean is 1.
    """
    ranges = np.maximum(np.abs(weights).max(0), 1e-5)
    factors = np.maximum(peaks, 1e-5) ** strength / ranges ** (1 - strength)
    return (factors / np.exp(np.log(factors).mean())).astype(np.float32)


def rows(matrix):
    """int8 in -127..127 and the scale of every row: value = int8 · scale."""
    scales = np.abs(matrix).max(1) / 127
    scales[scales == 0] = 1
    scales = scales.astype(np.float32)
    return np.clip(np.rint(matrix / scales[:, None]), -127, 127).astype(np.int8), scales


def words(vectors):
    """The base's 4-bit blocks of 32 back from fp32: [rows, hidden/2] bytes and fp16 scales. Training must have left them alone.

    The base has them as Q4_0: a number is (n - 8) · scale with n in 0..15, and the largest magnitude has n = 0.
    """
    blocks = vectors.reshape(-1, 32)
    largest = blocks[np.arange(len(blocks)), np.abs(blocks).argmax(1)]
    scales = (largest / -8).astype(np.float16)
    steps = scales.astype(np.float32)
    steps[steps == 0] = 1
    numbers = np.rint(blocks / steps[:, None])
    if np.any(numbers * steps[:, None] != blocks) or numbers.min() < -8 or numbers.max() > 7:
        raise ValueError("the word vectors are not those of the base in 4 bits: were they trained?")
    numbers = (numbers + 8).astype(np.uint8)
    return numbers[:, :16] | numbers[:, 16:] << 4, scales


def panels(quantised):
    """[outputs, inputs] to [outputs/16][inputs/4][16][4], so that 64 bytes hold four inputs of sixteen outputs."""
    outputs, inputs = quantised.shape
    if outputs % 64 or inputs % 64:
        raise ValueError(f"{outputs} x {inputs}: both must be multiples of 64")
    blocks = quantised.reshape(outputs // OUTPUTS, OUTPUTS, inputs // INPUTS, INPUTS)
    return np.ascontiguousarray(blocks.transpose(0, 2, 1, 3))
