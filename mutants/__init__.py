"""How good are the tests of the rules?  A tool beside the program: `make mutants`.

changes     what can be changed at one place of a module
fates       each mutant in a process of its own, killed or not
fast_tests  the tests that need no broker, and which of them can see a mutant
same        the mutants that are the same program, with reasons: same.toml
"""
