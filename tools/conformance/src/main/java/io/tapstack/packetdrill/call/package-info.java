/**
 * System calls of a script: converts symbols to numbers and arguments to structures, and compares results with those of
 * the script.
 */
@NullMarked
package io.tapstack.packetdrill.call;

import org.jspecify.annotations.NullMarked;
