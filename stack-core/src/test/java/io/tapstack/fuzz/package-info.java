/**
 * A whole stack against a peer that is partly a model of a TCP and partly mad, step by step, as a fuzzer's bytes say;
 * after every step all that must hold is checked.
 */
@NullMarked
package io.tapstack.fuzz;

import org.jspecify.annotations.NullMarked;
