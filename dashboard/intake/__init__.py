"""Files in, canonical tables of text out; nothing here judges an answer or opens the store.

`read_file` (reading.py) recognises a file by its content and gives an `Incoming`: one table
for each kind of record it holds, every cell still text, with the row it came from.
records.py defines the kinds; docs/data_dictionary.md is generated from it.
"""
