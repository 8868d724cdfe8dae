/**
 * A whole stack against a peer that is partly a model of a TCP and partly mad, driven step by step by a fuzzer's bytes;
 * all invariants are checked after every step.
 */
@NullMarked
package io.tapstack.fuzz;

import org.jspecify.annotations.NullMarked;
