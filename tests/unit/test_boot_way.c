// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of boot loader entries, command lines, programs with a deadline. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/file.h"
#include "base/process.h"
#include "campaign/way.h"

static void write_in(const char *dir, const char *name, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(install_file(path, text), 0);
}

static char *read_in(const char *dir, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return read_text(path);
}

static void remove_all(const char *dir)
{
	const char *argv[] = { "rm", "-r", dir, NULL };

	assert_int_equal(process_must(argv), 0);
}

/* As grub-mkconfig writes it on Debian, shortened. */
static const char cfg[] =
	"set default=\"0\"\n"
	"menuentry 'Debian GNU/Linux' --class debian $menuentry_id_option 'gnulinux-simple' {\n"
	"\tload_video\n"
	"\tif [ x$grub_platform = xxen ]; then insmod xzio; insmod lzopio; fi\n"
	"\tsearch --no-floppy --fs-uuid --set=root aa-bb\n"
	"\techo\t'Loading Linux 6.12-amd64 ...'\n"
	"\tlinux\t/boot/vmlinuz-6.12-amd64 root=UUID=aa-bb ro quiet\n"
	"\tinitrd\t/boot/initrd.img-6.12-amd64\n"
	"}\n"
	"submenu 'Advanced options' $menuentry_id_option 'advanced' {\n"
	"\tmenuentry 'Debian, with Linux 6.12-amd64 (recovery mode)' {\n"
	"\t\tlinux\t/boot/vmlinuz-6.12-amd64 root=UUID=aa-bb ro single\n"
	"\t}\n"
	"\tmenuentry 'Debian, with Linux 6.1-amd64 (recovery mode)' {\n"
	"\t\tlinux\t/boot/vmlinuz-6.1-amd64 root=UUID=aa-bb ro single\n"
	"\t}\n"
	"\tmenuentry 'Debian, with Linux 6.1-amd64' {\n"
	"\t\tinsmod ext2\n"
	"\t\tlinux\t/boot/vmlinuz-6.1-amd64 root=UUID=aa-bb ro quiet\n"
	"\t\tinitrd\t/boot/initrd.img-6.1-amd64\n"
	"\t}\n"
	"}\n";

/* A kernel that the menu does not have takes the place of one that it has. */
static void test_grub_entry_like(void **state)
{
	char *entry;

	(void)state;
	entry = grub_entry_like(cfg, "6.1-amd64", "7.3.4-pcpubench-d-12345678",
				"x=6.1-amd64");
	assert_string_equal(entry,
			    "menuentry 'pcpubench campaign' --id pcpubench-campaign {\n"
			    "\t\tinsmod ext2\n"
			    "\t\tlinux\t/boot/pcpubench/vmlinuz-7.3.4-pcpubench-d-12345678 root=UUID=aa-bb ro quiet x=6.1-amd64\n"
			    "\t\tinitrd\t/boot/pcpubench/initrd.img-7.3.4-pcpubench-d-12345678\n}\n");
	free(entry);
	assert_null(grub_entry_like(cfg, "6.2-amd64", "7.3.4", "x"));
	/* /boot is a file system, microcode is before the disk, one has the other's name. */
	entry = grub_entry_like("menuentry 'x' {\n\tlinux /vmlinuz-6.1 ro\n"
				"\tinitrd /intel-ucode.img /initramfs-6.1.img\n}\n",
				"6.1", "6.12", "a");
	assert_non_null(strstr(entry, "\tlinux /pcpubench/vmlinuz-6.12 ro a\n"
			       "\tinitrd /intel-ucode.img /pcpubench/initramfs-6.12.img\n"));
	free(entry);
}

static void test_grub_entry(void **state)
{
	char *entry;

	(void)state;
	entry = grub_entry(cfg, "6.1-amd64", "panic=10 x=y");
	assert_string_equal(entry,
			    "menuentry 'pcpubench campaign' --id pcpubench-campaign {\n"
			    "\t\tinsmod ext2\n"
			    "\t\tlinux\t/boot/vmlinuz-6.1-amd64 root=UUID=aa-bb ro quiet panic=10 x=y\n"
			    "\t\tinitrd\t/boot/initrd.img-6.1-amd64\n}\n");
	free(entry);
	entry = grub_entry(cfg, "6.12-amd64", "a");
	assert_non_null(strstr(entry, "ro quiet a\n"));
	assert_non_null(strstr(entry, "--set=root aa-bb\n"));
	free(entry);
	/* The beginning of a release is not a release. */
	assert_null(grub_entry(cfg, "6.1", ""));
	assert_null(grub_entry(cfg, "6.12-amd64.old", ""));
	assert_null(grub_entry("", "6.1", ""));
	assert_null(grub_entry("menuentry 'x' {\n linux /vmlinuz-6.1\n", "6.1",
			       ""));
}

/* What SUSE and hardened Debians write: the menu has a password, but for this entry. */
static void test_grub_password(void **state)
{
	static const char locked[] =
		"set superusers=\"root\"\n"
		"menuentry 'openSUSE' --class opensuse --unrestricted $menuentry_id_option 'x' {\n"
		"\tlinux\t/boot/vmlinuz-6.4.0-default root=UUID=aa\n"
		"}\n"
		"menuentry 'old' --class opensuse {\n"
		"\tlinux\t/boot/vmlinuz-6.3.0-default root=UUID=aa --unrestricted x\n"
		"}\n";
	char dir[] = "/tmp/way-XXXXXX", *entry;

	(void)state;
	assert_non_null(mkdtemp(dir));
	write_in(dir, "grub.cfg", locked);
	entry = grub_entry_like(locked, "6.4.0-default", "7.3.4", "a");
	assert_string_equal(entry,
			    "menuentry 'pcpubench campaign' --id pcpubench-campaign --unrestricted {\n"
			    "\tlinux\t/boot/pcpubench/vmlinuz-7.3.4 root=UUID=aa a\n}\n");
	assert_false(grub_asks(dir, entry));
	free(entry);
	entry = grub_entry(locked, "6.3.0-default", "");
	assert_true(grub_asks(dir, entry));
	write_in(dir, "grub.cfg", cfg);
	assert_false(grub_asks(dir, entry));
	/* The password may be in a file that grub.cfg reads. */
	write_in(dir, "custom.cfg", "set superusers=\"root\"\n");
	assert_true(grub_asks(dir, entry));
	free(entry);
	remove_all(dir);
}

/* From 2.12 on grub sets the variable, too. */
static void test_loader(void **state)
{
	static const char systemd[] = "\6\0\0\0s\0y\0s\0t\0e\0m\0d\0-\0b\0o\0o\0t\0 \0002\0";
	static const char grub[] = "\6\0\0\0G\0R\0U\0B\0 \0002\0.\0001\0002\0";

	(void)state;
	assert_true(loader_is_systemd(systemd, sizeof(systemd)));
	assert_false(loader_is_systemd(systemd, 20));
	assert_false(loader_is_systemd(grub, sizeof(grub)));
	assert_false(loader_is_systemd("", 0));
}

static void test_initrd(void **state)
{
	static const char *const names[] = {
		"initrd.img-6.1", "initramfs-6.1.img", "initrd-6.1",
	};
	char dir[] = "/tmp/way-XXXXXX", path[64], got[64];

	(void)state;
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		assert_int_equal(install_file(path, "x"), 0);
		assert_int_equal(way_initrd(dir, "6.1", got, sizeof(got)), 0);
		assert_string_equal(got, path);
		assert_int_equal(way_initrd(dir, "6", got, sizeof(got)), -1);
		assert_int_equal(remove_file(path), 0);
	}
	assert_int_equal(way_initrd(dir, "6.1", got, sizeof(got)), -1);
	rmdir(dir);
}

static void is_custom(const char *custom, const char *entry, const char *want)
{
	char *got = custom_replace(custom, entry);

	assert_string_equal(got, want);
	free(got);
}

static void test_custom(void **state)
{
	(void)state;
	is_custom("", "", "");
	is_custom("", "e\n",
		  "### BEGIN pcpubench-campaign ###\ne\n### END pcpubench-campaign ###\n");
	is_custom("mine\n### BEGIN pcpubench-campaign ###\ne\n### END pcpubench-campaign ###\nmore\n",
		  "f\n",
		  "mine\n### BEGIN pcpubench-campaign ###\nf\n### END pcpubench-campaign ###\nmore\n");
	is_custom("mine\n### BEGIN pcpubench-campaign ###\ne\n### END pcpubench-campaign ###\nmore\n",
		  "", "mine\nmore\n");
	is_custom("mine\n", "", "mine\n");
	is_custom("mine", "e\n",
		  "mine\n### BEGIN pcpubench-campaign ###\ne\n### END pcpubench-campaign ###\n");
}

/* The administrator's file stays one: a link, with its mode. */
static void test_custom_file(void **state)
{
	char dir[] = "/tmp/way-XXXXXX", path[64], link[64], *text;
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(dir));
	write_in(dir, "mine.cfg", "password\n");
	snprintf(path, sizeof(path), "%s/mine.cfg", dir);
	snprintf(link, sizeof(link), "%s/custom.cfg", dir);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(symlink("mine.cfg", link), 0);
	assert_int_equal(custom_write(dir, "e\n"), 0);
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	text = read_text(path);
	assert_non_null(strstr(text, "password\n### BEGIN"));
	free(text);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(custom_write(dir, ""), 0);
	text = read_text(link);
	assert_string_equal(text, "password\n");
	free(text);
	remove_all(dir);
}

static void test_loader_entry(void **state)
{
	static const char conf[] = "title Debian\nversion 6.1-amd64\n"
		"linux /m/6.1-amd64/linux\noptions root=UUID=aa quiet\n"
		"initrd /m/6.1-amd64/initrd\n";
	char *entry;

	(void)state;
	entry = loader_entry(conf, "6.1-amd64", "panic=10");
	assert_non_null(strstr(entry, "options root=UUID=aa quiet panic=10\n"));
	assert_non_null(strstr(entry, "\ninitrd /m/6.1-amd64/initrd\n"));
	free(entry);
	assert_null(loader_entry(conf, "6.1", ""));
	assert_null(loader_entry("version 6.1\nefi /x.efi\n", "6.1", ""));
}

/* A bootctl that knows this folder, and says what its files say. */
static void play_bootctl(const char *dir)
{
	char path[128], text[512], *search;

	snprintf(path, sizeof(path), "%s/bootctl", dir);
	snprintf(text, sizeof(text), "#!/bin/sh\ncase $1 in\n"
		 "--print-*) echo %s ;;\nlist) cat %s/list ;;\n"
		 "set-oneshot) shift; [ \"$1\" != -- ] || shift; echo \"$1\" >%s/oneshot ;;\n"
		 "esac\n", dir, dir, dir);
	assert_int_equal(install_file(path, text), 0);
	chmod(path, 0755);
	assert_true(asprintf(&search, "%s:%s", dir, getenv("PATH")) > 0);
	setenv("PATH", search, 1);
	free(search);
}

/* Names of entries as kernel-install and people give them: ours is sorted below. */
static void check_order(const char *name)
{
	static const char *const others[] = {
		"a3f05d2b-6.1-amd64.conf", "4af05d2b-6.1-amd64.conf",
		"00f05d2b-6.1-amd64.conf", "arch.conf", "zen.conf", "0.conf",
	};
	char out[256];

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		const char *argv[] = { "systemd-analyze", "compare-versions",
				       "--", name, "lt", others[i], NULL };
		int code = process_run(argv, out, sizeof(out), 60);

		/* Not here, or older than 249. */
		assert_true(!code || code == 127 || strstr(out, "Unknown"));
	}
}

/* The entry never becomes what the machine boots by default. */
static void test_systemd_boot(void **state)
{
	static const char conf[] = "title Debian\nsort-key debian\nversion 6.1-amd64\n"
		"linux /m/6.1-amd64/linux\noptions root=UUID=aa quiet\n";
	const struct way_kernel k = { .release = "6.1-amd64", .args = "panic=10" };
	char dir[] = "/tmp/way-XXXXXX", name[128], text[512], *got;

	(void)state;
	assert_non_null(mkdtemp(dir));
	play_bootctl(dir);
	write_in(dir, "loader/entries/a3f0-6.1-amd64.conf", conf);
	write_in(dir, "list", "[]");
	assert_int_equal(way_systemd_boot.arm(&k), 0);
	got = read_in(dir, "oneshot");
	snprintf(name, sizeof(name), "loader/entries/%.*s",
		 (int)strcspn(got, "\n"), got);
	free(got);
	check_order(name + strlen("loader/entries/"));
	got = read_in(dir, name);
	assert_non_null(strstr(got, "quiet panic=10\n"));
	free(got);

	write_in(dir, "oneshot", "none\n");
	snprintf(text, sizeof(text), "[{\"id\":\"a3f0-6.1-amd64.conf\",\"isDefault\":false},"
		 "{\"id\":\"%s\",\"isDefault\":true}]\n",
		 name + strlen("loader/entries/"));
	write_in(dir, "list", text);
	assert_int_equal(way_systemd_boot.arm(&k), EX_FAIL);
	assert_non_null(strstr(err_message(), "for its default"));
	assert_null(read_in(dir, name));
	got = read_in(dir, "oneshot");
	assert_string_equal(got, "none\n");
	free(got);
	remove_all(dir);
}

static void test_cmdline(void **state)
{
	char *line;

	(void)state;
	line = way_cmdline("BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro  initrd=/i pcpubench.campaign=1.2 quiet\n");
	assert_string_equal(line, "root=/dev/sda1 ro quiet");
	free(line);
}

static void test_program(void **state)
{
	const char *says[] = { "sh", "-c", "echo one; echo two >&2; exit 3",
			       NULL };
	const char *sleeps[] = { "sh", "-c", "sleep 100 & sleep 100", NULL };
	const char *missing[] = { "/nowhere/x", NULL };
	const char *much[] = { "seq", "100000", NULL };
	char out[16];
	time_t start;

	(void)state;
	assert_int_equal(process_run(says, out, sizeof(out), 0), 3);
	assert_string_equal(out, "one\ntwo\n");
	assert_int_equal(process_must(says), EX_FAIL);
	assert_string_equal(err_message(), "sh -c failed: two");
	assert_int_equal(process_run(missing, out, sizeof(out), 0), 127);
	/* The end of the output is kept. */
	assert_int_equal(process_run(much, out, sizeof(out), 0), 0);
	assert_string_equal(out, "8\n99999\n100000\n");
	start = time(NULL);
	assert_int_equal(process_run(sleeps, out, sizeof(out), 1), -1);
	assert_non_null(strstr(err_message(), "did not end within 1 s"));
	assert_true(time(NULL) - start < 60);
}

static void test_files(void **state)
{
	char dir[] = "/tmp/way-XXXXXX", path[64];
	char *text;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/a/b", dir);
	assert_int_equal(install_file(path, "one"), 0);
	assert_int_equal(install_file(path, "two"), 0);
	text = read_text(path);
	assert_string_equal(text, "two");
	free(text);
	assert_int_equal(remove_file(path), 0);
	assert_int_equal(remove_file(path), 0);
	assert_null(read_text(path));
	snprintf(path, sizeof(path), "%s/a", dir);
	rmdir(path);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grub_entry),
		cmocka_unit_test(test_grub_entry_like),
		cmocka_unit_test(test_grub_password),
		cmocka_unit_test(test_loader),
		cmocka_unit_test(test_initrd),
		cmocka_unit_test(test_custom),
		cmocka_unit_test(test_custom_file),
		cmocka_unit_test(test_loader_entry),
		cmocka_unit_test(test_systemd_boot),
		cmocka_unit_test(test_cmdline),
		cmocka_unit_test(test_program),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
