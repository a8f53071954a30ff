// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A guest that does not do what it should: `hostile=WAY` on the kernel's command line,
 * which is in the environment of /init, says what. The runner boots it in place of its
 * own /init.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <unistd.h>

#include "guest/guest.h"

#define PORT	0xe9
#define BLOCK	65536

static char block[BLOCK];

static void send_text(const char *text)
{
	outsb(PORT, text, strlen(text));
}

/* Without an end: it is for the runner to end it. */
static void send_for_ever(void)
{
	while (1)
		outsb(PORT, block, sizeof(block));
}

/* The kernel panics when /init ends. */
static void panics(void)
{
	_exit(1);
}

static void loops(void)
{
	while (1)
		;
}

static void sleeps(void)
{
	while (1)
		pause();
}

static void fills_console(void)
{
	memset(block, 'x', sizeof(block));
	block[sizeof(block) - 1] = '\n';
	while (1)
		if (write(STDOUT_FILENO, block, sizeof(block)) < 0)
			_exit(1);
}

static void garbage(void)
{
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = i * 2654435761U >> 13;
	send_for_ever();
}

/* A line that never ends. */
static void endless(void)
{
	memset(block, ' ', sizeof(block));
	send_for_ever();
}

/* A gigabyte, of records that are all right by themselves. */
static void flood(void)
{
	static const char line[] = "{\"type\":\"tap\",\"line\":\"ok\"}\n";
	size_t len = 0;

	while (len + sizeof(line) - 1 <= sizeof(block)) {
		memcpy(block + len, line, sizeof(line) - 1);
		len += sizeof(line) - 1;
	}
	while (1)
		outsb(PORT, block, len);
}

/* It says that it has measured, and sends no cell. */
static void claims(void)
{
	guest_end(0);
}

/* It sends what nobody asked for, in the name of another kernel. */
static void lies(void)
{
	send_text("{\"type\":\"cell\",\"kernel\":\"other\",\"bench\":\"percpu-alloc\",\"param\":64}\n");
	guest_end(0);
}

static const struct {
	const char *name;
	void (*act)(void);
} ways[] = {
	{ "panics", panics }, { "loops", loops }, { "sleeps", sleeps },
	{ "fills_console", fills_console }, { "garbage", garbage },
	{ "endless", endless }, { "flood", flood }, { "claims", claims },
	{ "lies", lies },
};

int main(void)
{
	const char *asked = getenv("hostile");

	guest_begin();
	for (size_t i = 0; asked && i < sizeof(ways) / sizeof(ways[0]); i++)
		if (!strcmp(asked, ways[i].name))
			ways[i].act();
	return 1;
}
