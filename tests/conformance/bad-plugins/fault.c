/* The one thing in which a bad plugin differs from the others: MORTISE_FAULT names it. What is wrong with the
 * file itself, not with what the code does, is made here. */
#include "fault.h"

const char* mortise_fault(void)
{
    return MORTISE_FAULT;
}

#ifdef FAULT_EXTRA_EXPORT
MORTISE_EXPORT int leaked_symbol(void)
{
    return 1;
}
#endif

#ifdef FAULT_UNIQUE
/* As g++ makes of a static variable in an inline function. */
__asm__(".data\n.globl unique_symbol\n.type unique_symbol, %gnu_unique_object\n.size unique_symbol, "
        "8\nunique_symbol:\n.quad 1\n"
        ".text\n");
#endif

#ifdef FAULT_TEXT_RELOCATION
__asm__(".section .text.relocated,\"ax\",@progbits\n.quad mortise_fault\n.text\n");
#endif

#ifdef FAULT_UNDEFINED
extern int a_function_that_nobody_has(void);
int needs_it(void)
{
    return a_function_that_nobody_has();
}
#endif
