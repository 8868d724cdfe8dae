/** The commands of this module: {@code packetdrill} and {@code conformance-agent}. */
@NullMarked
package io.tapstack.conformance.command;

import org.jspecify.annotations.NullMarked;
