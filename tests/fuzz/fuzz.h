/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all fuzz targets need: their input as a file, and what is printed of it. */
#ifndef PCPUBENCH_TESTS_FUZZ_H
#define PCPUBENCH_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* libFuzzer calls this with each input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of a target: how libFuzzer damages inputs, if not byte by byte. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
			       unsigned int seed);

/* Such a mutator, for lines of JSON. */
size_t fuzz_mutate_lines(uint8_t *data, size_t size, size_t max,
			 unsigned int seed);

/* End the target: what stood in @rule does not hold. */
void fuzz_fail(const char *rule) __attribute__((noreturn));

#define FUZZ_PATH	32

/* A file in memory with these bytes, at @path. The caller closes it. */
int fuzz_file(const void *data, size_t size, char path[FUZZ_PATH]);

/**
 * fuzz_text - check what a terminal or a CI's log would get
 *
 * No character that drives a terminal, and no line that a GitHub job takes for a
 * command, but for the gate's own where @github.
 */
void fuzz_text(const char *text, size_t len, bool github);

/*
 * What every file's SHA-256 is here: a changed one is still a member of its bundle,
 * and no sha256sum has to run.
 */
#define FUZZ_HASH \
	"0000000000000000000000000000000000000000000000000000000000000000"

/* What is printed: from fuzz_begin() on until fuzz_end(). */
struct fuzz_out {
	FILE *out;
	char *text;
	size_t len;
};

FILE *fuzz_begin(struct fuzz_out *o);

/* Ends it and checks it as fuzz_text(). The caller frees @o->text. */
void fuzz_end(struct fuzz_out *o);

/**
 * fuzz_commands - run commands of the program on an input
 * @lines: the words of each, the input's path in the place of "%"; NULL ends them
 *
 * Checks what each prints on both outputs: fuzz_text(), and JSON with --json. A
 * command may fail, but not without saying why.
 */
void fuzz_commands(const uint8_t *data, size_t size, const char *const *lines);

#endif
