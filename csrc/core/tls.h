#pragma once
// TAPEGRAD_FAST_TLS marks the few thread-local variables that every operation reads: on Linux they lie in the static
// block, one instruction away. They are a few bytes, which the loader keeps room for. (The compiler's flag for all
// variables would also bind other libraries' that way, and those may be loaded already: the import would fail.)

#ifdef __linux__
#define TAPEGRAD_FAST_TLS [[gnu::tls_model("initial-exec")]]
#else
#define TAPEGRAD_FAST_TLS
#endif
