/**
 * Packets of a script against packets on the wire: their connection, the mapping of relative numbers to real ones and
 * back, and the comparison.
 */
@NullMarked
package io.tapstack.packetdrill.packet;

import org.jspecify.annotations.NullMarked;
