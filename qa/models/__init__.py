"""The networks and what runs them. In reading order: encoding (what the house needs of a model), weights, wire, graph, rounded, plain (in numpy) and
sessions (in onnxruntime), minilm (the default model), transformer (any other), embedding (which of them a name means); reading (what a reader
says), reader (the one that travels along), readers (any other).
"""
