#ifndef MY_PLUGIN_EXPECT_H
#define MY_PLUGIN_EXPECT_H

/** \file
 *  The whole test framework: tell what did not hold, and go on.
 */

#include <stdio.h>

static int failures;

#define EXPECT(condition)                                                                                    \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);                   \
            ++failures;                                                                                      \
        }                                                                                                    \
    } while (0)

#endif
