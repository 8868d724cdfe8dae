/** What a script is played against: a machine with a stack, a link to it, and a clock. */
@NullMarked
package io.tapstack.packetdrill.machine;

import org.jspecify.annotations.NullMarked;
