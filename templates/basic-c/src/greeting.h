#ifndef MY_PLUGIN_GREETING_H
#define MY_PLUGIN_GREETING_H

/** \file
 *  What the plugin decides, without the host: plain functions that a unit test calls.
 */

#include <stdbool.h>
#include <stddef.h>

/** Writes "Hello, Marie Curie", or "Hello" for somebody without a name, and a zero byte into `out`. What does
 * not fit is cut off, never inside a letter. Gives the length.
 */
size_t my_plugin_greeting(char* out, size_t size, const char* word, const char* name, size_t name_size);

/** Whether a new contact is refused for want of an e-mail address: people are, organisations are not. */
bool my_plugin_lacks_email(const char* kind, size_t kind_size, size_t email_size);

#endif
