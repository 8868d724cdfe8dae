/** Plays scripts: event after event, in time, against a {@link io.tapstack.packetdrill.machine.Machine}. */
@NullMarked
package io.tapstack.packetdrill.play;

import org.jspecify.annotations.NullMarked;
