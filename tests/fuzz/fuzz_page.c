// SPDX-License-Identifier: GPL-2.0-or-later
/* A results file as a page. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "report/page.h"
#include "results/table_load.h"

/* Of what came as data, nothing may end the script that it is in. */
static void check_page(const char *text)
{
	size_t nr = 0;

	while ((text = strcasestr(text, "</script"))) {
		text++;
		nr++;
	}
	if (nr != 2)
		fuzz_fail("a page has two scripts");
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
			       unsigned int seed)
{
	return fuzz_mutate_lines(data, size, max, seed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fit_set fits = { .nr = 0 };
	struct page page = { .fits = &fits };
	struct fuzz_out o;
	struct table table;
	char path[FUZZ_PATH], *paths[] = { path };
	int fd = fuzz_file(data, size, path);

	if (!table_load_apart(&table, paths, 1)) {
		page.table = &table;
		fit_table(&fits, &table, NULL);
		if (!page_write(fuzz_begin(&o), &page)) {
			fflush(o.out);
			check_page(o.text);
		}
		fclose(o.out);
		free(o.text);
		fit_free(&fits);
		table_free(&table);
	}
	close(fd);
	return 0;
}
