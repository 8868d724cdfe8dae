/**
 * The language of packetdrill scripts: parses text to {@link io.tapstack.packetdrill.script.Script}. The package knows
 * neither packets on a wire nor system calls; {@link io.tapstack.packetdrill} interprets a script.
 */
@NullMarked
package io.tapstack.packetdrill.script;

import org.jspecify.annotations.NullMarked;
