/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCPUBENCH_MEASURE_BENCHES_RANDOM_POOL_H
#define PCPUBENCH_MEASURE_BENCHES_RANDOM_POOL_H

/**
 * random_pool_settle - begin a block of the kernel's pool of random numbers
 *
 * Each exit of a task stirs 16 bytes into the pool (add_device_randomness(),
 * __exit_signal()). Every fourth fills a block, which is hashed there and then:
 * 1600 instructions, in every fourth sample on average. After this call three
 * tasks can exit before that. Only where instructions are counted. 0 or EX_FAIL.
 */
int random_pool_settle(void);

#endif
