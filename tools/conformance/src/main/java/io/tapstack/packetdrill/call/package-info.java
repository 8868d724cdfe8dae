/**
 * System calls of a script: symbols to numbers, arguments to structures, and results compared with what the script
 * expects.
 */
@NullMarked
package io.tapstack.packetdrill.call;

import org.jspecify.annotations.NullMarked;
