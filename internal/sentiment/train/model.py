"""The encoder with its two linear heads.

Polarity is linear on the mean of all hidden states, <s> and </s> included, so a verdict is a sum over pieces:
logit = sum_i (w.h_i) / n + b. Aspect polarity is linear on the mean of the hidden states of the pieces that name the aspect.
"""
import torch
from torch import nn
from transformers import BertConfig, BertModel

LABELS = ["neg", "neu", "pos"]


class Encoder(nn.Module):
    """BERT, mean pooling, polarity head, aspect head."""

    def __init__(self, rows, hidden=384, layers=12, heads=12, ffn=1536, positions=512, types=2, eps=1e-12, dropout=0.0):
        super().__init__()
        config = BertConfig(vocab_size=rows, hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=heads, intermediate_size=ffn,
                            max_position_embeddings=positions, type_vocab_size=types, layer_norm_eps=eps, pad_token_id=1,
                            hidden_dropout_prob=dropout, attention_probs_dropout_prob=0.0, attn_implementation="sdpa")
        self.bert = BertModel(config, add_pooling_layer=False)
        self.polarity = nn.Linear(hidden, 3)
        self.aspect = nn.Linear(hidden, 3)

    def freeze(self, layers):
        """Keeps the word vectors as they are and, with `layers` > 0, the whole embedding and the lowest layers too."""
        self.bert.embeddings.word_embeddings.weight.requires_grad_(False)
        if layers:
            for part in (self.bert.embeddings, *self.bert.encoder.layer[:layers]):
                part.requires_grad_(False)

    def forward(self, ids, mask, spans=None):
        """Polarity logits [batch, 3], and with `spans` (rows of text, first piece, one past the last) aspect logits [spans, 3]."""
        hidden = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        weight = mask.unsqueeze(-1).float()
        polarity = self.polarity((hidden * weight).sum(1) / weight.sum(1))
        if spans is None or len(spans) == 0:
            return polarity, None
        place = torch.arange(ids.shape[1])
        inside = ((place >= spans[:, 1:2]) & (place < spans[:, 2:3])).float()
        pooled = torch.einsum("st,sth->sh", inside, hidden[spans[:, 0]]) / inside.sum(1, keepdim=True).clamp(min=1)
        return polarity, self.aspect(pooled)


def from_base(base, keep):
    """A model with the base's weights, word vectors cut to the rows in `keep`; the heads start small."""
    model = Encoder(len(keep), base.hidden, base.layers, base.heads, base.ffn, base.positions, base.types, base.eps)
    state = base.state()
    state["embeddings.word_embeddings.weight"] = state["embeddings.word_embeddings.weight"][keep]
    model.bert.load_state_dict(state, strict=False)
    for head in (model.polarity, model.aspect):
        nn.init.normal_(head.weight, std=0.02)
        nn.init.zeros_(head.bias)
    return model


def collate(sequences, spans=()):
    """Pads piece ids to a rectangle; returns ids, mask and the spans as one tensor."""
    longest = max(len(s) for s in sequences)
    ids = torch.full((len(sequences), longest), 1, dtype=torch.long)
    mask = torch.zeros((len(sequences), longest), dtype=torch.long)
    for row, s in enumerate(sequences):
        ids[row, : len(s)] = torch.tensor(s)
        mask[row, : len(s)] = 1
    return ids, mask, torch.tensor(spans, dtype=torch.long).reshape(-1, 3)
