/* The version of the contract and of the product. CMake reads the numbers from here. */
#ifndef MORTISE_ABI_VERSION_H
#define MORTISE_ABI_VERSION_H

#define MORTISE_VERSION_MAJOR 0
#define MORTISE_VERSION_MINOR 1
#define MORTISE_VERSION_PATCH 0

#endif
