/** The machine that a script is played against: a stack, a link to it, and a clock. */
@NullMarked
package io.tapstack.packetdrill.machine;

import org.jspecify.annotations.NullMarked;
