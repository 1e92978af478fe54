from cases._case import Array, Case

cases = [
    Case("embedding", "Embedding", [Array((3, 5), 0, 11, "int32")], lambda ids, table: table[ids.astype(int)],
         {"input_dim": 11, "output_dim": 6}),
    Case("embedding-one", "Embedding", [Array((4, 1), 0, 3, "int32")], lambda ids, table: table[ids.astype(int)],
         {"input_dim": 3, "output_dim": 17}),
]
