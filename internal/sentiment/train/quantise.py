"""Simulates the engine's storage: every matrix in int8 with one fp32 scale per row (biases, norms and heads stay fp32)."""
import torch


def rows_to_int8(weight):
    """The matrix as it reads back from int8: each row rounded to multiples of its largest magnitude / 127."""
    scale = weight.abs().amax(1, keepdim=True).clamp(min=1e-12) / 127
    return torch.round(weight / scale).clamp(-127, 127) * scale


def simulate(model):
    """Rounds all matrices of the encoder in place and returns the model."""
    with torch.no_grad():
        for parameter in model.bert.parameters():
            if parameter.dim() == 2:
                parameter.copy_(rows_to_int8(parameter))
    return model
