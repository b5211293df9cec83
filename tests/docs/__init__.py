"""The pages keep their word: links, commands, ids and licences are those of the code."""
