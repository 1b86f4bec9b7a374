/* Wine 8 has no bcryptprimitives.dll, which every Rust program asks for random numbers. This takes its place in the Wine
   prefix of the tests; it is never shipped. */
#include <windows.h>

/* RtlGenRandom by its real name. It takes a 32-bit length. */
BOOLEAN WINAPI SystemFunction036(void *buffer, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(unsigned char *buffer, SIZE_T length) {
    while (length > 0) {
        ULONG part = length > 0x10000 ? 0x10000 : (ULONG)length;
        if (!SystemFunction036(buffer, part)) {
            return FALSE;
        }
        buffer += part;
        length -= part;
    }
    return TRUE;
}
