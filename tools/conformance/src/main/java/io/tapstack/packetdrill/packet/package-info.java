/**
 * Packets of a script against packets on the wire: which connection they belong to, how their relative numbers become
 * real ones and back, and whether two are the same.
 */
@NullMarked
package io.tapstack.packetdrill.packet;

import org.jspecify.annotations.NullMarked;
