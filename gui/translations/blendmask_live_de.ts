<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en_GB">
<context>
    <name>@default</name>
    <message>
        <source>Tracks</source>
        <translation>Spuren</translation>
    </message>
    <message>
        <source>Microscope</source>
        <translation>Mikroskop</translation>
    </message>
    <message>
        <source>Display</source>
        <translation>Anzeige</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netz</translation>
    </message>
    <message>
        <source>Tracker</source>
        <translation>Tracker</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Aufnahme</translation>
    </message>
    <message>
        <source>&amp;Playback</source>
        <translation>&amp;Wiedergabe</translation>
    </message>
    <message>
        <source>&amp;Record</source>
        <translation>&amp;Aufnahme</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>A&amp;nsicht</translation>
    </message>
    <message>
        <source>Panels</source>
        <translation>Leisten</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Start the program again to see it in the other language.</source>
        <translation>Starten Sie das Programm neu, um es in der anderen Sprache zu sehen.</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Werkzeuge</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>Quelle</translation>
    </message>
    <message>
        <source>Choose a camera, file, stream, the screen or the demo</source>
        <translation>Kamera, Datei, Stream, Bildschirm oder Demo wählen</translation>
    </message>
    <message>
        <source>Bases</source>
        <translation>Basen</translation>
    </message>
    <message>
        <source>Annotate</source>
        <translation>Annotieren</translation>
    </message>
    <message>
        <source>Snapshot</source>
        <translation>Schnappschuss</translation>
    </message>
    <message>
        <source>&lt;h3&gt;BlendMask Live {version}&lt;/h3&gt;&lt;p&gt;Real-time video instance segmentation.&lt;/p&gt;&lt;p&gt;Licence: Apache-2.0. This window uses PyQt5 (GPL v3).&lt;/p&gt;</source>
        <translation>&lt;h3&gt;BlendMask Live {version}&lt;/h3&gt;&lt;p&gt;Instanzsegmentierung von Videos in Echtzeit.&lt;/p&gt;&lt;p&gt;Lizenz: Apache-2.0. Dieses Fenster verwendet PyQt5 (GPL v3).&lt;/p&gt;</translation>
    </message>
    <message>
        <source>About BlendMask Live</source>
        <translation>Über BlendMask Live</translation>
    </message>
    <message>
        <source>&amp;Project</source>
        <translation>&amp;Projekt</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;Track</source>
        <translation>&amp;Spur</translation>
    </message>
    <message>
        <source>&amp;Repairs</source>
        <translation>&amp;Korrekturen</translation>
    </message>
    <message>
        <source>&amp;Go</source>
        <translation>&amp;Gehe zu</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>New object</source>
        <translation>Neues Objekt</translation>
    </message>
    <message>
        <source>Track</source>
        <translation>Spur</translation>
    </message>
    <message>
        <source>Repairs</source>
        <translation>Korrekturen</translation>
    </message>
    <message>
        <source>Journal</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>The video cannot be shown</source>
        <translation>Das Video kann nicht gezeigt werden</translation>
    </message>
    <message>
        <source>The export failed</source>
        <translation>Der Export ist fehlgeschlagen</translation>
    </message>
    <message>
        <source>These annotations cannot be imported</source>
        <translation>Diese Annotationen können nicht importiert werden</translation>
    </message>
    <message>
        <source>Loading PyTorch</source>
        <translation>PyTorch wird geladen</translation>
    </message>
    <message>
        <source>Loading the weights of {name}</source>
        <translation>Gewichte von {name} werden geladen</translation>
    </message>
    <message>
        <source>Preparing the network for this machine</source>
        <translation>Das Netz wird für diesen Rechner vorbereitet</translation>
    </message>
    <message>
        <source>The source cannot be shown</source>
        <translation>Die Quelle kann nicht gezeigt werden</translation>
    </message>
    <message>
        <source>The network cannot be loaded</source>
        <translation>Das Netz kann nicht geladen werden</translation>
    </message>
    <message>
        <source>The recording failed</source>
        <translation>Die Aufnahme ist fehlgeschlagen</translation>
    </message>
    <message>
        <source>This setting cannot be used</source>
        <translation>Diese Einstellung ist nicht möglich</translation>
    </message>
    <message>
        <source>Choose a smaller input size or another device, then try again.</source>
        <translation>Wählen Sie eine kleinere Eingabegröße oder ein anderes Gerät und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>Memory ran out</source>
        <translation>Der Speicher reicht nicht</translation>
    </message>
    <message>
        <source>The project cannot do this</source>
        <translation>Das Projekt kann das nicht</translation>
    </message>
    <message>
        <source>This did not work</source>
        <translation>Das hat nicht geklappt</translation>
    </message>
    <message>
        <source>Something unexpected happened</source>
        <translation>Etwas Unerwartetes ist passiert</translation>
    </message>
    <message>
        <source>{format} knows only {classes}, so nothing would be written; switch on “All classes”</source>
        <translation>{format} kennt nur {classes}, also würde nichts geschrieben; schalten Sie „Alle Klassen“ ein</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Senden</translation>
    </message>
    <message>
        <source> A report was written: {}</source>
        <translation> Ein Bericht wurde geschrieben: {}</translation>
    </message>
    <message>
        <source>Class by number</source>
        <translation>Klasse nach Nummer</translation>
    </message>
    <message>
        <source>Fill of the masks, brightness and contrast of the picture</source>
        <translation>Füllung der Masken, Helligkeit und Kontrast des Bildes</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>Aussehen</translation>
    </message>
    <message>
        <source>all frames</source>
        <translation>alle Bilder</translation>
    </message>
    <message>
        <source>frame {first} on</source>
        <translation>ab Bild {first}</translation>
    </message>
    <message>
        <source>up to frame {last}</source>
        <translation>bis Bild {last}</translation>
    </message>
    <message>
        <source>frame {first}</source>
        <translation>Bild {first}</translation>
    </message>
    <message>
        <source>frames {first} to {last}</source>
        <translation>Bilder {first} bis {last}</translation>
    </message>
    <message>
        <source>Track {}: no masks</source>
        <translation>Spur {}: keine Masken</translation>
    </message>
    <message>
        <source>Track {track}: frames {first} to {last}</source>
        <translation>Spur {track}: Bilder {first} bis {last}</translation>
    </message>
    <message>
        <source>Track {track}: frame {first}</source>
        <translation>Spur {track}: Bild {first}</translation>
    </message>
    <message>
        <source>While the files were written: {}</source>
        <translation>Beim Schreiben der Dateien: {}</translation>
    </message>
    <message>
        <source>No track selected</source>
        <translation>Keine Spur ausgewählt</translation>
    </message>
    <message>
        <source>{count} tracks selected</source>
        <translation>{count} Spuren ausgewählt</translation>
    </message>
    <message>
        <source>{advice} Message of the program, in English: {text}</source>
        <translation>{advice} Meldung des Programms, auf Englisch: {text}</translation>
    </message>
    <message>
        <source>Check the file or the address, or choose another source.</source>
        <translation>Prüfen Sie die Datei oder Adresse, oder wählen Sie eine andere Quelle.</translation>
    </message>
    <message>
        <source>Choose other weights or another runtime.</source>
        <translation>Wählen Sie andere Gewichte oder eine andere Laufzeit.</translation>
    </message>
    <message>
        <source>Choose another folder or other formats.</source>
        <translation>Wählen Sie einen anderen Ordner oder andere Formate.</translation>
    </message>
    <message>
        <source>Choose another value.</source>
        <translation>Wählen Sie einen anderen Wert.</translation>
    </message>
    <message>
        <source>Choose other annotations.</source>
        <translation>Wählen Sie andere Annotationen.</translation>
    </message>
    <message>
        <source>The project is as it was.</source>
        <translation>Das Projekt ist, wie es war.</translation>
    </message>
    <message>
        <source>Try again, or in another way.</source>
        <translation>Versuchen Sie es noch einmal oder auf andere Weise.</translation>
    </message>
    <message>
        <source>1 frame</source>
        <translation>1 Bild</translation>
    </message>
    <message>
        <source>{count} frames</source>
        <translation>{count} Bilder</translation>
    </message>
    <message>
        <source>1 mask</source>
        <translation>1 Maske</translation>
    </message>
    <message>
        <source>{count} masks</source>
        <translation>{count} Masken</translation>
    </message>
    <message>
        <source>1 track</source>
        <translation>1 Spur</translation>
    </message>
    <message>
        <source>{count} tracks</source>
        <translation>{count} Spuren</translation>
    </message>
    <message>
        <source>several</source>
        <translation>mehrere</translation>
    </message>
    <message>
        <source>open a source first</source>
        <translation>öffnen Sie zuerst eine Quelle</translation>
    </message>
    <message>
        <source>this source has no other frames to go to</source>
        <translation>diese Quelle hat keine anderen Bilder, zu denen man gehen kann</translation>
    </message>
    <message>
        <source>No larger mask is found at this click: draw a box, or click more</source>
        <translation>Bei diesem Klick wird keine größere Maske gefunden: einen Rahmen ziehen oder weiter klicken</translation>
    </message>
    <message>
        <source>No smaller mask is found at this click: draw a box, or click more</source>
        <translation>Bei diesem Klick wird keine kleinere Maske gefunden: einen Rahmen ziehen oder weiter klicken</translation>
    </message>
    <message>
        <source>Nothing is found there: draw a box, or click elsewhere</source>
        <translation>Dort wird nichts gefunden: einen Rahmen ziehen oder anderswo klicken</translation>
    </message>
    <message>
        <source>This click changes nothing: try one further on</source>
        <translation>Dieser Klick ändert nichts: einen etwas weiter entfernt versuchen</translation>
    </message>
    <message>
        <source>capture</source>
        <translation>aufnehmen</translation>
    </message>
    <message>
        <source>segment</source>
        <translation>segmentieren</translation>
    </message>
    <message>
        <source>resize</source>
        <translation>verkleinern</translation>
    </message>
    <message>
        <source>network</source>
        <translation>Netz</translation>
    </message>
    <message>
        <source>detect</source>
        <translation>auswählen</translation>
    </message>
    <message>
        <source>blend</source>
        <translation>mischen</translation>
    </message>
    <message>
        <source>paste</source>
        <translation>einsetzen</translation>
    </message>
    <message>
        <source>second look</source>
        <translation>zweiter Blick</translation>
    </message>
    <message>
        <source>track</source>
        <translation>verfolgen</translation>
    </message>
    <message>
        <source>follow</source>
        <translation>Angeklicktes</translation>
    </message>
    <message>
        <source>draw</source>
        <translation>zeichnen</translation>
    </message>
    <message>
        <source>export {}</source>
        <translation>{} schreiben</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>Open video…</source>
        <translation>Video öffnen…</translation>
    </message>
    <message>
        <source>Open folder of images…</source>
        <translation>Ordner mit Bildern öffnen…</translation>
    </message>
    <message>
        <source>Open address…</source>
        <translation>Adresse öffnen…</translation>
    </message>
    <message>
        <source>Show the screen</source>
        <translation>Bildschirm zeigen</translation>
    </message>
    <message>
        <source>Show the demo</source>
        <translation>Demo zeigen</translation>
    </message>
    <message>
        <source>Open project…</source>
        <translation>Projekt öffnen…</translation>
    </message>
    <message>
        <source>Annotate the video…</source>
        <translation>Video annotieren…</translation>
    </message>
    <message>
        <source>Look for cameras</source>
        <translation>Kameras suchen</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Play or pause</source>
        <translation>Wiedergabe oder Pause</translation>
    </message>
    <message>
        <source>Play backwards, faster each time</source>
        <translation>Rückwärts, jedes Mal schneller</translation>
    </message>
    <message>
        <source>Play forwards, faster each time</source>
        <translation>Vorwärts, jedes Mal schneller</translation>
    </message>
    <message>
        <source>One frame back</source>
        <translation>Ein Bild zurück</translation>
    </message>
    <message>
        <source>25 frames back</source>
        <translation>25 Bilder zurück</translation>
    </message>
    <message>
        <source>To the start</source>
        <translation>Zum Anfang</translation>
    </message>
    <message>
        <source>To the end</source>
        <translation>Zum Ende</translation>
    </message>
    <message>
        <source>Loop</source>
        <translation>Schleife</translation>
    </message>
    <message>
        <source>Set the in point</source>
        <translation>Anfangsmarke setzen</translation>
    </message>
    <message>
        <source>Set the out point</source>
        <translation>Endmarke setzen</translation>
    </message>
    <message>
        <source>Clear in and out points</source>
        <translation>Marken löschen</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Aufnahme</translation>
    </message>
    <message>
        <source>Copy the picture</source>
        <translation>Bild kopieren</translation>
    </message>
    <message>
        <source>Save the picture…</source>
        <translation>Bild speichern…</translation>
    </message>
    <message>
        <source>Masks: fill, outline, none</source>
        <translation>Masken: Fläche, Umriss, keine</translation>
    </message>
    <message>
        <source>Boxes</source>
        <translation>Rahmen</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>Namen</translation>
    </message>
    <message>
        <source>Trails</source>
        <translation>Wege</translation>
    </message>
    <message>
        <source>Bases</source>
        <translation>Basen</translation>
    </message>
    <message>
        <source>Blending microscope</source>
        <translation>Mischungs-Mikroskop</translation>
    </message>
    <message>
        <source>Show all tracks</source>
        <translation>Alle Spuren zeigen</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>Vergrößern</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>Verkleinern</translation>
    </message>
    <message>
        <source>Fit the picture</source>
        <translation>Bild einpassen</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>Vollbild</translation>
    </message>
    <message>
        <source>Times of the stages</source>
        <translation>Zeiten der Stufen</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>About BlendMask Live</source>
        <translation>Über BlendMask Live</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren…</translation>
    </message>
    <message>
        <source>Import annotations…</source>
        <translation>Annotationen importieren…</translation>
    </message>
    <message>
        <source>Import a folder of annotations…</source>
        <translation>Ordner mit Annotationen importieren…</translation>
    </message>
    <message>
        <source>Learn from corrections…</source>
        <translation>Aus Korrekturen lernen…</translation>
    </message>
    <message>
        <source>Find the video…</source>
        <translation>Video suchen…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>To the next keyframe</source>
        <translation>Zum nächsten Schlüsselbild</translation>
    </message>
    <message>
        <source>Select</source>
        <translation>Auswählen</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>Pinsel</translation>
    </message>
    <message>
        <source>Eraser</source>
        <translation>Radierer</translation>
    </message>
    <message>
        <source>Polygon</source>
        <translation>Polygon</translation>
    </message>
    <message>
        <source>Cut out a polygon</source>
        <translation>Polygon ausschneiden</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>Verschieben</translation>
    </message>
    <message>
        <source>Shrink the mask</source>
        <translation>Maske verkleinern</translation>
    </message>
    <message>
        <source>Grow the mask</source>
        <translation>Maske vergrößern</translation>
    </message>
    <message>
        <source>Draw a new object</source>
        <translation>Neues Objekt zeichnen</translation>
    </message>
    <message>
        <source>Split off</source>
        <translation>Abspalten</translation>
    </message>
    <message>
        <source>Merge with…</source>
        <translation>Verbinden mit…</translation>
    </message>
    <message>
        <source>Swap with…</source>
        <translation>Tauschen mit…</translation>
    </message>
    <message>
        <source>Delete masks</source>
        <translation>Masken löschen</translation>
    </message>
    <message>
        <source>Confirm as keyframe</source>
        <translation>Als Schlüsselbild bestätigen</translation>
    </message>
    <message>
        <source>Copy to the next frame</source>
        <translation>Ins nächste Bild kopieren</translation>
    </message>
    <message>
        <source>Interpolate</source>
        <translation>Interpolieren</translation>
    </message>
    <message>
        <source>Fill gaps</source>
        <translation>Lücken füllen</translation>
    </message>
    <message>
        <source>Propagate back</source>
        <translation>Rückwärts übertragen</translation>
    </message>
    <message>
        <source>Smooth</source>
        <translation>Glätten</translation>
    </message>
    <message>
        <source>Fill holes</source>
        <translation>Löcher füllen</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>Annehmen</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>Ablehnen</translation>
    </message>
    <message>
        <source>Outlines only</source>
        <translation>Nur Umrisse</translation>
    </message>
    <message>
        <source>Re-blend…</source>
        <translation>Neu mischen…</translation>
    </message>
    <message>
        <source>One frame forward</source>
        <translation>Ein Bild weiter</translation>
    </message>
    <message>
        <source>25 frames forward</source>
        <translation>25 Bilder weiter</translation>
    </message>
    <message>
        <source>To the previous keyframe</source>
        <translation>Zum vorigen Schlüsselbild</translation>
    </message>
    <message>
        <source>Propagate forward</source>
        <translation>Vorwärts übertragen</translation>
    </message>
    <message>
        <source>Point</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Follow both ways</source>
        <translation>In beide Richtungen verfolgen</translation>
    </message>
    <message>
        <source>Follow back</source>
        <translation>Rückwärts verfolgen</translation>
    </message>
    <message>
        <source>Follow on</source>
        <translation>Vorwärts verfolgen</translation>
    </message>
    <message>
        <source>Follow to a frame…</source>
        <translation>Bis zu einem Bild verfolgen…</translation>
    </message>
    <message>
        <source>Follow between keyframes</source>
        <translation>Zwischen Schlüsselbildern verfolgen</translation>
    </message>
    <message>
        <source>Follow what is under the pointer</source>
        <translation>Verfolgen, was unter dem Zeiger ist</translation>
    </message>
    <message>
        <source>Stop following</source>
        <translation>Nicht mehr verfolgen</translation>
    </message>
    <message>
        <source>Stop following all</source>
        <translation>Nichts mehr verfolgen</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Senden</translation>
    </message>
    <message>
        <source>Draw a line to count at</source>
        <translation>Linie zum Zählen zeichnen</translation>
    </message>
    <message>
        <source>Draw an area to count in</source>
        <translation>Fläche zum Zählen zeichnen</translation>
    </message>
    <message>
        <source>Saved, always</source>
        <translation>Gespeichert, immer</translation>
    </message>
    <message>
        <source>Go to frame…</source>
        <translation>Gehe zu Bild…</translation>
    </message>
    <message>
        <source>Play slower</source>
        <translation>Langsamer abspielen</translation>
    </message>
    <message>
        <source>Play faster</source>
        <translation>Schneller abspielen</translation>
    </message>
    <message>
        <source>Move corners</source>
        <translation>Ecken verschieben</translation>
    </message>
    <message>
        <source>Choose a class…</source>
        <translation>Klasse wählen…</translation>
    </message>
    <message>
        <source>Class number 1</source>
        <translation>Klasse Nummer 1</translation>
    </message>
    <message>
        <source>Class number 2</source>
        <translation>Klasse Nummer 2</translation>
    </message>
    <message>
        <source>Class number 3</source>
        <translation>Klasse Nummer 3</translation>
    </message>
    <message>
        <source>Class number 4</source>
        <translation>Klasse Nummer 4</translation>
    </message>
    <message>
        <source>Class number 5</source>
        <translation>Klasse Nummer 5</translation>
    </message>
    <message>
        <source>Class number 6</source>
        <translation>Klasse Nummer 6</translation>
    </message>
    <message>
        <source>Class number 7</source>
        <translation>Klasse Nummer 7</translation>
    </message>
    <message>
        <source>Class number 8</source>
        <translation>Klasse Nummer 8</translation>
    </message>
    <message>
        <source>Class number 9</source>
        <translation>Klasse Nummer 9</translation>
    </message>
    <message>
        <source>Select all objects here</source>
        <translation>Alle Objekte dieses Bildes auswählen</translation>
    </message>
    <message>
        <source>Copy the mask</source>
        <translation>Maske kopieren</translation>
    </message>
    <message>
        <source>Paste the mask</source>
        <translation>Maske einfügen</translation>
    </message>
    <message>
        <source>Paste as a new object</source>
        <translation>Als neues Objekt einfügen</translation>
    </message>
    <message>
        <source>Give its masks to…</source>
        <translation>Masken abgeben an…</translation>
    </message>
    <message>
        <source>Delete the mask here</source>
        <translation>Maske hier löschen</translation>
    </message>
    <message>
        <source>Hide, also from exports; or show again</source>
        <translation>Verbergen, auch in Exporten; oder wieder zeigen</translation>
    </message>
    <message>
        <source>See masks</source>
        <translation>Masken sehen</translation>
    </message>
    <message>
        <source>See labels</source>
        <translation>Beschriftungen sehen</translation>
    </message>
    <message>
        <source>Zoom the timeline in</source>
        <translation>Zeitachse vergrößern</translation>
    </message>
    <message>
        <source>Zoom the timeline out</source>
        <translation>Zeitachse verkleinern</translation>
    </message>
    <message>
        <source>Leave the full screen</source>
        <translation>Vollbild verlassen</translation>
    </message>
    <message>
        <source>Smaller brush or object</source>
        <translation>Kleinerer Pinsel oder kleineres Objekt</translation>
    </message>
    <message>
        <source>Larger brush or object</source>
        <translation>Größerer Pinsel oder größeres Objekt</translation>
    </message>
</context>
<context>
    <name>AnnotateDialog</name>
    <message>
        <source>Annotate the video</source>
        <translation>Video annotieren</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>Annotate</source>
        <translation>Annotieren</translation>
    </message>
    <message>
        <source>Completing what is done…</source>
        <translation>Fertiges wird abgeschlossen…</translation>
    </message>
    <message>
        <source>The project that was there had been edited; it is now {}.</source>
        <translation>Das bisherige Projekt war bearbeitet worden; es heißt jetzt {}.</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>the beginning</source>
        <translation>dem Anfang</translation>
    </message>
    <message>
        <source>To</source>
        <translation>Bis</translation>
    </message>
    <message>
        <source>the end</source>
        <translation>zum Ende</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>Klassen</translation>
    </message>
    <message>
        <source>all that the network knows</source>
        <translation>alle, die das Netz kennt</translation>
    </message>
    <message>
        <source>Seconds, or HH:MM:SS</source>
        <translation>Sekunden oder HH:MM:SS</translation>
    </message>
    <message>
        <source>Names with commas between them, as in: person, dog</source>
        <translation>Namen mit Kommas dazwischen, zum Beispiel: person, dog</translation>
    </message>
    <message>
        <source>Look at the video twice (takes longer; joins tracks, fills short holes)</source>
        <translation>Das Video zweimal ansehen (dauert länger; verbindet Spuren, füllt kurze Lücken)</translation>
    </message>
    <message>
        <source>Finds and follows the objects of the whole video and writes these formats, and a project that you can correct. Network and tracker work as they are set in the window.</source>
        <translation>Findet und verfolgt die Objekte des ganzen Videos und schreibt diese Formate und ein Projekt, das sich korrigieren lässt. Netz und Tracker arbeiten so, wie sie im Fenster eingestellt sind.</translation>
    </message>
    <message>
        <source>Choose a format</source>
        <translation>Bitte ein Format wählen</translation>
    </message>
    <message>
        <source>Keep bases and attention (larger; masks can be re-blended later)</source>
        <translation>Basen und Attention behalten (größer; Masken lassen sich später neu mischen)</translation>
    </message>
    <message>
        <source>some milliseconds</source>
        <translation>einige Millisekunden</translation>
    </message>
    <message>
        <source>about {:.0f} ms</source>
        <translation>etwa {:.0f} ms</translation>
    </message>
    <message>
        <source>A second, zoomed look at objects (finer masks; {cost} for each)</source>
        <translation>Objekte ein zweites Mal, vergrößert ansehen (feinere Masken; {cost} für jedes)</translation>
    </message>
    <message>
        <source>, less than a minute left</source>
        <translation>, noch weniger als eine Minute</translation>
    </message>
    <message>
        <source>, about {:.0f} min left</source>
        <translation>, noch etwa {:.0f} min</translation>
    </message>
    <message>
        <source>End here and keep the part that is done?</source>
        <translation>Hier enden und den fertigen Teil behalten?</translation>
    </message>
    <message>
        <source>The rest of the video has no masks then. Or drop it: the files are deleted.</source>
        <translation>Der Rest des Videos hat dann keine Masken. Oder verwerfen: die Dateien werden gelöscht.</translation>
    </message>
    <message>
        <source>Keep the part</source>
        <translation>Teil behalten</translation>
    </message>
    <message>
        <source>Drop it</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weitermachen</translation>
    </message>
    <message>
        <source>Deleting what is done…</source>
        <translation>Das Fertige wird gelöscht…</translation>
    </message>
    <message>
        <source>Annotated</source>
        <translation>Annotiert</translation>
    </message>
    <message>
        <source>A part of the video is annotated</source>
        <translation>Ein Teil des Videos ist annotiert</translation>
    </message>
    <message>
        <source>It was ended early; annotate again for the whole of it.</source>
        <translation>Es wurde vorzeitig beendet; annotieren Sie noch einmal für das Ganze.</translation>
    </message>
    <message>
        <source>Frame {done} of {expected}, {masks}</source>
        <translation>Bild {done} von {expected}, {masks}</translation>
    </message>
    <message>
        <source>Look in two sizes (more small and large objects; 2.5 times the network&apos;s time)</source>
        <translation>In zwei Größen hinsehen (mehr kleine und große Objekte; 2,5-fache Zeit des Netzes)</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Close this message</source>
        <translation>Meldung schließen</translation>
    </message>
    <message>
        <source>Choose another source…</source>
        <translation>Andere Quelle wählen…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>Show the demo</source>
        <translation>Demo zeigen</translation>
    </message>
    <message>
        <source>Network settings</source>
        <translation>Netz-Einstellungen</translation>
    </message>
    <message>
        <source>Recording settings</source>
        <translation>Aufnahme-Einstellungen</translation>
    </message>
    <message>
        <source>Show the report</source>
        <translation>Bericht zeigen</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>Find the video…</source>
        <translation>Video suchen…</translation>
    </message>
    <message>
        <source>Sending settings</source>
        <translation>Sende-Einstellungen</translation>
    </message>
</context>
<context>
    <name>Broadcaster</name>
    <message>
        <source>Nothing to send to</source>
        <translation>Kein Ziel zum Senden</translation>
    </message>
    <message>
        <source>Write an address, or choose the virtual camera.</source>
        <translation>Schreiben Sie eine Adresse, oder wählen Sie die virtuelle Kamera.</translation>
    </message>
    <message>
        <source>This cannot be sent</source>
        <translation>Das kann nicht gesendet werden</translation>
    </message>
    <message>
        <source>A receiver cannot be sent to</source>
        <translation>Ein Empfänger ist nicht erreichbar</translation>
    </message>
    <message>
        <source>A receiver is lost</source>
        <translation>Ein Empfänger ist verloren</translation>
    </message>
</context>
<context>
    <name>ClassSearch</name>
    <message>
        <source>Choose a class</source>
        <translation>Klasse wählen</translation>
    </message>
    <message>
        <source>Some letters of it, or a new class</source>
        <translation>Einige Buchstaben daraus, oder eine neue Klasse</translation>
    </message>
    <message>
        <source>Return adds this class</source>
        <translation>Die Eingabetaste legt diese Klasse an</translation>
    </message>
</context>
<context>
    <name>DisplayPanel</name>
    <message>
        <source>Masks</source>
        <translation>Masken</translation>
    </message>
    <message>
        <source>Fill</source>
        <translation>Fläche</translation>
    </message>
    <message>
        <source>Outline</source>
        <translation>Umriss</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>Deckkraft</translation>
    </message>
    <message>
        <source>Labels with track numbers</source>
        <translation>Namen mit Spurnummern</translation>
    </message>
    <message>
        <source>Scores</source>
        <translation>Konfidenzwerte</translation>
    </message>
    <message>
        <source>Boxes</source>
        <translation>Rahmen</translation>
    </message>
    <message>
        <source>Trails</source>
        <translation>Wege</translation>
    </message>
    <message>
        <source>Objects without a confirmed track</source>
        <translation>Objekte ohne bestätigte Spur</translation>
    </message>
    <message>
        <source>Background</source>
        <translation>Hintergrund</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Bleibt</translation>
    </message>
    <message>
        <source>Blur</source>
        <translation>Unscharf</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>Farbe</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Cut-out</source>
        <translation>Frei</translation>
    </message>
    <message>
        <source>Strength</source>
        <translation>Stärke</translation>
    </message>
    <message>
        <source>Choose colour…</source>
        <translation>Farbe wählen…</translation>
    </message>
    <message>
        <source>Choose image…</source>
        <translation>Bild wählen…</translation>
    </message>
    <message>
        <source>The checkerboard stands for transparency, and videos of what is shown have it too. The format “cutout” records real transparency.</source>
        <translation>Das Schachbrett steht für Durchsichtigkeit und ist auch in Videos des Gezeigten zu sehen. Das Format „cutout“ nimmt echte Durchsichtigkeit auf.</translation>
    </message>
    <message>
        <source>Everything but the shown objects is replaced.</source>
        <translation>Alles außer den gezeigten Objekten wird ersetzt.</translation>
    </message>
    <message>
        <source>{}: not an image that can be read</source>
        <translation>{}: kein lesbares Bild</translation>
    </message>
    <message>
        <source>Background colour</source>
        <translation>Farbe des Hintergrunds</translation>
    </message>
    <message>
        <source>Images (*.png *.jpg *.jpeg *.bmp *.webp);;All files (*)</source>
        <translation>Bilder (*.png *.jpg *.jpeg *.bmp *.webp);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Background image</source>
        <translation>Hintergrundbild</translation>
    </message>
</context>
<context>
    <name>Drawing</name>
    <message>
        <source>New object</source>
        <translation>Neues Objekt</translation>
    </message>
    <message>
        <source>Class of the new object:</source>
        <translation>Klasse des neuen Objekts:</translation>
    </message>
</context>
<context>
    <name>EditorCanvas</name>
    <message>
        <source>The current frame with its masks, to draw on</source>
        <translation>Das aktuelle Bild mit seinen Masken, zum Zeichnen</translation>
    </message>
    <message>
        <source>{} goes</source>
        <translation>{} fällt weg</translation>
    </message>
    <message>
        <source>then {}</source>
        <translation>dann {}</translation>
    </message>
</context>
<context>
    <name>EditorController</name>
    <message>
        <source>This project can only be read</source>
        <translation>Dieses Projekt kann nur gelesen werden</translation>
    </message>
    <message>
        <source>Propagating the mask</source>
        <translation>Die Maske wird übertragen</translation>
    </message>
    <message>
        <source>This frame lies outside of the marks</source>
        <translation>Dieses Bild liegt außerhalb der Marken</translation>
    </message>
    <message>
        <source>Go to a marked frame, or choose others than the marks.</source>
        <translation>Gehen Sie zu einem markierten Bild oder wählen Sie anderes als die Marken.</translation>
    </message>
    <message>
        <source>Accept changes {count}: {frames}</source>
        <translation>Annehmen ändert {count}: {frames}</translation>
    </message>
</context>
<context>
    <name>EditorFiles</name>
    <message>
        <source>Where is the video now?</source>
        <translation>Wo ist das Video jetzt?</translation>
    </message>
    <message>
        <source>Exporting</source>
        <translation>Export läuft</translation>
    </message>
    <message>
        <source>Exported</source>
        <translation>Exportiert</translation>
    </message>
    <message>
        <source>Import annotations</source>
        <translation>Annotationen importieren</translation>
    </message>
    <message>
        <source>Annotations (*.json *.txt *.xml);;All files (*)</source>
        <translation>Annotationen (*.json *.txt *.xml);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Import a folder of annotations</source>
        <translation>Ordner mit Annotationen importieren</translation>
    </message>
    <message>
        <source>Importing</source>
        <translation>Import läuft</translation>
    </message>
    <message>
        <source>The files are in {}.</source>
        <translation>Die Dateien sind in {}.</translation>
    </message>
    <message>
        <source>Re-blending</source>
        <translation>Masken werden neu gemischt</translation>
    </message>
    <message>
        <source>Which number do the annotations give to the video&apos;s first frame?</source>
        <translation>Welche Nummer hat das erste Bild des Videos in den Annotationen?</translation>
    </message>
    <message>
        <source>Imported; new tracks: {}</source>
        <translation>Importiert; neue Spuren: {}</translation>
    </message>
    <message>
        <source>Imported; new tracks: {}, shapes left out: {}</source>
        <translation>Importiert; neue Spuren: {}, ausgelassene Formen: {}</translation>
    </message>
    <message>
        <source>The export is not complete. End it and close?</source>
        <translation>Der Export ist nicht fertig. Beenden und schließen?</translation>
    </message>
    <message>
        <source>Its files are deleted then. The project is saved in any case.</source>
        <translation>Seine Dateien werden dann gelöscht. Das Projekt ist in jedem Fall gespeichert.</translation>
    </message>
    <message>
        <source>End it and close</source>
        <translation>Beenden und schließen</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weitermachen</translation>
    </message>
</context>
<context>
    <name>EditorStatus</name>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>This project covers no frame</source>
        <translation>Dieses Projekt enthält kein Bild</translation>
    </message>
    <message>
        <source>Frame {frame} of {last}</source>
        <translation>Bild {frame} von {last}</translation>
    </message>
    <message>
        <source>marked {first} to {last}</source>
        <translation>markiert: {first} bis {last}</translation>
    </message>
    <message>
        <source>{work}: {done} of {steps}</source>
        <translation>{work}: {done} von {steps}</translation>
    </message>
    <message>
        <source>{tracks}   ·   {masks}, {seen} corrected or confirmed</source>
        <translation>{tracks}   ·   {masks}, {seen} korrigiert oder bestätigt</translation>
    </message>
</context>
<context>
    <name>EditorWindow</name>
    <message>
        <source>{} (read only)</source>
        <translation>{} (nur lesbar)</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>Pinsel</translation>
    </message>
    <message>
        <source>Radius of brush and eraser; or Ctrl and the wheel over the picture</source>
        <translation>Radius von Pinsel und Radierer; oder Strg und Mausrad über dem Bild</translation>
    </message>
    <message>
        <source>No track passes the filter</source>
        <translation>Keine Spur passt zum Filter</translation>
    </message>
    <message>
        <source>No tracks yet: point at an object (W) or draw one (Insert)</source>
        <translation>Noch keine Spuren: auf ein Objekt zeigen (W) oder eines zeichnen (Einfg)</translation>
    </message>
    <message>
        <source>{} (a part of the video)</source>
        <translation>{} (ein Teil des Videos)</translation>
    </message>
</context>
<context>
    <name>Enabling</name>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>no mask was copied</source>
        <translation>keine Maske wurde kopiert</translation>
    </message>
    <message>
        <source>there is no repair to judge</source>
        <translation>es gibt keine Korrektur zu beurteilen</translation>
    </message>
    <message>
        <source>this project can only be read</source>
        <translation>dieses Projekt kann nur gelesen werden</translation>
    </message>
    <message>
        <source>the project is being changed</source>
        <translation>das Projekt wird gerade geändert</translation>
    </message>
    <message>
        <source>the project has no frames</source>
        <translation>das Projekt hat keine Bilder</translation>
    </message>
    <message>
        <source>select an object first</source>
        <translation>wählen Sie zuerst ein Objekt aus</translation>
    </message>
    <message>
        <source>the object has no mask in this frame</source>
        <translation>das Objekt hat in diesem Bild keine Maske</translation>
    </message>
    <message>
        <source>an object is being followed</source>
        <translation>ein Objekt wird gerade verfolgt</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Formats</source>
        <translation>Formate</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>Files go to a folder named {}; those of an earlier export are replaced.</source>
        <translation>Die Dateien kommen in einen Ordner namens {}; die eines früheren Exports werden ersetzt.</translation>
    </message>
</context>
<context>
    <name>FollowedObjects</name>
    <message>
        <source>Nothing is followed</source>
        <translation>Nichts wird verfolgt</translation>
    </message>
    <message>
        <source>Getting ready…</source>
        <translation>Wird vorbereitet…</translation>
    </message>
    <message>
        <source>Perhaps not what you meant</source>
        <translation>Vielleicht nicht, was gemeint war</translation>
    </message>
    <message>
        <source>Nothing stands out there. Draw a box around it with Shift, or stop with Delete.</source>
        <translation>Dort hebt sich nichts ab. Mit Umschalt einen Rahmen darum ziehen oder mit Entf beenden.</translation>
    </message>
</context>
<context>
    <name>Follower</name>
    <message>
        <source>Follow to a frame</source>
        <translation>Bis zu einem Bild verfolgen</translation>
    </message>
    <message>
        <source>Up to frame ({first} to {last}):</source>
        <translation>Bis Bild ({first} bis {last}):</translation>
    </message>
    <message>
        <source>Following from both sides needs a keyframe before and after</source>
        <translation>Um von beiden Seiten zu verfolgen, braucht es davor und danach ein Schlüsselbild</translation>
    </message>
    <message>
        <source>There is no frame between the two keyframes</source>
        <translation>Zwischen den beiden Schlüsselbildern liegt kein Bild</translation>
    </message>
    <message>
        <source>An object is being followed already; Escape ends that</source>
        <translation>Es wird schon ein Objekt verfolgt; Escape beendet das</translation>
    </message>
    <message>
        <source>Following needs the video, and a project that can be changed</source>
        <translation>Zum Verfolgen braucht es das Video und ein Projekt, das geändert werden kann</translation>
    </message>
    <message>
        <source>Point at an object first, or select one that has a mask here</source>
        <translation>Erst auf ein Objekt zeigen oder eines wählen, das hier eine Maske hat</translation>
    </message>
    <message>
        <source>There is no frame to follow to within marks and scope</source>
        <translation>Innerhalb von Marken und Bereich gibt es kein Bild, bis zu dem verfolgt werden kann</translation>
    </message>
    <message>
        <source>Following {label} {track}</source>
        <translation>{label} {track} wird verfolgt</translation>
    </message>
    <message>
        <source>Following has ended, since it was undone</source>
        <translation>Das Verfolgen ist zu Ende, weil es rückgängig gemacht wurde</translation>
    </message>
    <message>
        <source>{text}; lost in frame {frames}</source>
        <translation>{text}; verloren in Bild {frames}</translation>
    </message>
    <message>
        <source>{text}; another scene in frame {frames}</source>
        <translation>{text}; andere Szene in Bild {frames}</translation>
    </message>
    <message>
        <source>Stopped in frame {frame}; kept: {count}</source>
        <translation>In Bild {frame} angehalten; behalten: {count}</translation>
    </message>
    <message>
        <source>Followed through {count}</source>
        <translation>Durch {count} verfolgt</translation>
    </message>
    <message>
        <source>Followed through {count}, up to a keyframe</source>
        <translation>Durch {count} verfolgt, bis zu einem Schlüsselbild</translation>
    </message>
</context>
<context>
    <name>FormatOptions</name>
    <message>
        <source>Options of these formats</source>
        <translation>Optionen dieser Formate</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>Frames as pictures</source>
        <translation>Einzelbilder speichern</translation>
    </message>
    <message>
        <source>Masks of YouTube-VIS</source>
        <translation>Masken von YouTube-VIS</translation>
    </message>
    <message>
        <source>As readers expect</source>
        <translation>Wie üblich</translation>
    </message>
    <message>
        <source>Short</source>
        <translation>Kurz</translation>
    </message>
    <message>
        <source>Long</source>
        <translation>Lang</translation>
    </message>
    <message>
        <source>Shapes for annotation tools</source>
        <translation>Formen für Annotationsprogramme</translation>
    </message>
    <message>
        <source>Exact masks</source>
        <translation>Genaue Masken</translation>
    </message>
    <message>
        <source>Polygons</source>
        <translation>Polygone</translation>
    </message>
    <message>
        <source>Cut-outs with transparency</source>
        <translation>Freisteller mit Durchsichtigkeit</translation>
    </message>
    <message>
        <source>Matte</source>
        <translation>Matte</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>Video</translation>
    </message>
    <message>
        <source>Background of overlay and cut-out</source>
        <translation>Hintergrund von Overlay und Freisteller</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Bleibt</translation>
    </message>
    <message>
        <source>Blur</source>
        <translation>Unscharf</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>Farbe</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Overlays keep the picture; cut-outs are transparent</source>
        <translation>Overlays behalten das Bild; Freisteller sind durchsichtig</translation>
    </message>
    <message>
        <source>Polygons may be off by</source>
        <translation>Abweichung der Polygone bis</translation>
    </message>
    <message>
        <source>0 keeps every pixel; more makes fewer corners</source>
        <translation>0 behält jedes Pixel; mehr ergibt weniger Ecken</translation>
    </message>
    <message>
        <source>Compression of videos</source>
        <translation>Kompression der Videos</translation>
    </message>
    <message>
        <source>0 is lossless; more makes smaller and coarser files</source>
        <translation>0 ist verlustfrei; mehr ergibt kleinere und gröbere Dateien</translation>
    </message>
    <message>
        <source>A file for every track</source>
        <translation>Eine Datei für jede Spur</translation>
    </message>
    <message>
        <source>Of cut-outs and mattes</source>
        <translation>Von Freistellern und Matten</translation>
    </message>
    <message>
        <source>Choose image…</source>
        <translation>Bild wählen…</translation>
    </message>
    <message>
        <source>Choose colour…</source>
        <translation>Farbe wählen…</translation>
    </message>
    <message>
        <source>Background colour</source>
        <translation>Farbe des Hintergrunds</translation>
    </message>
    <message>
        <source>Images (*.png *.jpg *.jpeg *.bmp *.webp);;All files (*)</source>
        <translation>Bilder (*.png *.jpg *.jpeg *.bmp *.webp);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Background image</source>
        <translation>Hintergrundbild</translation>
    </message>
    <message>
        <source>TrackEval refuses instances.json with short masks</source>
        <translation>TrackEval lehnt instances.json mit kurzen Masken ab</translation>
    </message>
    <message>
        <source>TrackEval refuses results.json with long masks</source>
        <translation>TrackEval lehnt results.json mit langen Masken ab</translation>
    </message>
    <message>
        <source>All classes</source>
        <translation>Alle Klassen</translation>
    </message>
    <message>
        <source>MOTS: else people and cars only; YouTube-VIS: else those that occur</source>
        <translation>MOTS: sonst nur Personen und Autos; YouTube-VIS: sonst nur vorkommende</translation>
    </message>
</context>
<context>
    <name>JournalPanel</name>
    <message>
        <source>Journal</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Click an act to undo or redo up to it</source>
        <translation>Klicken Sie auf eine Änderung, um bis zu ihr rückgängig zu machen oder zu wiederholen</translation>
    </message>
</context>
<context>
    <name>LaneFilter</name>
    <message>
        <source>Classes in the timeline</source>
        <translation>Klassen in der Zeitleiste</translation>
    </message>
    <message>
        <source>Only tracks with doubts</source>
        <translation>Nur Spuren mit Zweifeln</translation>
    </message>
    <message>
        <source>All classes</source>
        <translation>Alle Klassen</translation>
    </message>
    <message>
        <source>{shown} of {all}</source>
        <translation>{shown} von {all}</translation>
    </message>
</context>
<context>
    <name>LearnDialog</name>
    <message>
        <source>Learn from corrections</source>
        <translation>Aus Korrekturen lernen</translation>
    </message>
    <message>
        <source>Name of the new weights</source>
        <translation>Name der neuen Gewichte</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Learn</source>
        <translation>Lernen</translation>
    </message>
    <message>
        <source>Step {step} of {steps}</source>
        <translation>Schritt {step} von {steps}</translation>
    </message>
    <message>
        <source>before</source>
        <translation>vorher</translation>
    </message>
    <message>
        <source>after</source>
        <translation>nachher</translation>
    </message>
    <message>
        <source>Mask accuracy on the held-out frames. Choose {} in the Network panel.</source>
        <translation>Genauigkeit der Masken in den zurückgehaltenen Bildern. Wählen Sie {} in der Leiste „Netz“.</translation>
    </message>
    <message>
        <source>The network learns from the frames in which you drew, changed or confirmed masks. A fifth of them is held out and shows whether it helped. This takes some minutes on a plain computer; you can go on working.</source>
        <translation>Das Netz lernt aus den Bildern, in denen Sie Masken gezeichnet, geändert oder bestätigt haben. Ein Fünftel davon bleibt außen vor und zeigt, ob es geholfen hat. Das dauert auf einem einfachen Rechner einige Minuten; Sie können weiterarbeiten.</translation>
    </message>
    <message>
        <source>Loading what the network learns with…</source>
        <translation>Was das Netz zum Lernen braucht, wird geladen…</translation>
    </message>
    <message>
        <source>Preparing the network…</source>
        <translation>Das Netz wird vorbereitet…</translation>
    </message>
    <message>
        <source>Measuring before and after…</source>
        <translation>Vorher und nachher werden gemessen…</translation>
    </message>
    <message>
        <source>Collecting corrected frames: {done} of {total}</source>
        <translation>Korrigierte Bilder werden gesammelt: {done} von {total}</translation>
    </message>
    <message>
        <source>Measuring before and after: picture {done} of {total}</source>
        <translation>Vorher und nachher werden gemessen: Bild {done} von {total}</translation>
    </message>
</context>
<context>
    <name>Library</name>
    <message>
        <source>track {n} was followed for {count} with a confidence of {m}%: delete its masks there</source>
        <translation>Spur {n} wurde durch {count} mit einer Konfidenz von {m} % verfolgt: ihre Masken dort löschen</translation>
    </message>
    <message>
        <source>tracks {n} and {m} seem to have changed places: swap them from frame {count} on</source>
        <translation>Spuren {n} und {m} scheinen die Plätze getauscht zu haben: ab Bild {count} tauschen</translation>
    </message>
    <message>
        <source>all frames</source>
        <translation>alle Bilder</translation>
    </message>
    <message>
        <source>frame {n} on</source>
        <translation>ab Bild {n}</translation>
    </message>
    <message>
        <source>up to frame {n}</source>
        <translation>bis Bild {n}</translation>
    </message>
    <message>
        <source>frame {n}</source>
        <translation>Bild {n}</translation>
    </message>
    <message>
        <source>frames {n} to {m}</source>
        <translation>Bilder {n} bis {m}</translation>
    </message>
    <message>
        <source>id switch</source>
        <translation>vertauschte Spuren</translation>
    </message>
    <message>
        <source>duplicate</source>
        <translation>doppelt</translation>
    </message>
    <message>
        <source>class flip</source>
        <translation>Klassenwechsel</translation>
    </message>
    <message>
        <source>area jump</source>
        <translation>Flächensprung</translation>
    </message>
    <message>
        <source>unsure</source>
        <translation>unsicher</translation>
    </message>
    <message>
        <source>flicker</source>
        <translation>Flackern</translation>
    </message>
    <message>
        <source>gap</source>
        <translation>Lücke</translation>
    </message>
    <message>
        <source>relabel track {n} as {word}, {where}</source>
        <translation>Spur {n} zu {word} gemacht, {where}</translation>
    </message>
    <message>
        <source>add class {word}</source>
        <translation>Klasse {word} angelegt</translation>
    </message>
    <message>
        <source>rename class {word} to {other}</source>
        <translation>Klasse {word} in {other} umbenannt</translation>
    </message>
    <message>
        <source>name track {n} {word}</source>
        <translation>Spur {n} {word} genannt</translation>
    </message>
    <message>
        <source>hide track {n}</source>
        <translation>Spur {n} verborgen</translation>
    </message>
    <message>
        <source>show track {n}</source>
        <translation>Spur {n} wieder gezeigt</translation>
    </message>
    <message>
        <source>delete masks of track {n}, {where}</source>
        <translation>Masken von Spur {n} gelöscht, {where}</translation>
    </message>
    <message>
        <source>delete track {n}</source>
        <translation>Spur {n} gelöscht</translation>
    </message>
    <message>
        <source>swap tracks {n} and {m}, {where}</source>
        <translation>Spuren {n} und {m} getauscht, {where}</translation>
    </message>
    <message>
        <source>merge track {n} into {m}, {where}</source>
        <translation>Spur {n} mit {m} vereint, {where}</translation>
    </message>
    <message>
        <source>give masks of track {n} to {m}, {where}</source>
        <translation>Masken von Spur {n} an {m} abgegeben, {where}</translation>
    </message>
    <message>
        <source>split track {n}, {where}</source>
        <translation>Spur {n} geteilt, {where}</translation>
    </message>
    <message>
        <source>confirm track {n}, {where}</source>
        <translation>Spur {n} bestätigt, {where}</translation>
    </message>
    <message>
        <source>unconfirm track {n}, {where}</source>
        <translation>Bestätigung von Spur {n} zurückgenommen, {where}</translation>
    </message>
    <message>
        <source>draw track {n}, {where}</source>
        <translation>Spur {n} gezeichnet, {where}</translation>
    </message>
    <message>
        <source>follow track {n}, {where}</source>
        <translation>Spur {n} verfolgt, {where}</translation>
    </message>
    <message>
        <source>paint track {n}, {where}</source>
        <translation>Spur {n} gemalt, {where}</translation>
    </message>
    <message>
        <source>erase from track {n}, {where}</source>
        <translation>von Spur {n} radiert, {where}</translation>
    </message>
    <message>
        <source>add a polygon to track {n}, {where}</source>
        <translation>Polygon zu Spur {n} hinzugefügt, {where}</translation>
    </message>
    <message>
        <source>cut a polygon from track {n}, {where}</source>
        <translation>Polygon aus Spur {n} ausgeschnitten, {where}</translation>
    </message>
    <message>
        <source>fill holes of track {n}, {where}</source>
        <translation>Löcher von Spur {n} gefüllt, {where}</translation>
    </message>
    <message>
        <source>smooth track {n}, {where}</source>
        <translation>Spur {n} geglättet, {where}</translation>
    </message>
    <message>
        <source>move track {n}, {where}</source>
        <translation>Spur {n} verschoben, {where}</translation>
    </message>
    <message>
        <source>scale track {n} by {number}, {where}</source>
        <translation>Spur {n} um {number} vergrößert, {where}</translation>
    </message>
    <message>
        <source>interpolate track {n}, {where}</source>
        <translation>Spur {n} interpoliert, {where}</translation>
    </message>
    <message>
        <source>fill gaps of track {n}, {where}</source>
        <translation>Lücken von Spur {n} gefüllt, {where}</translation>
    </message>
    <message>
        <source>import masks</source>
        <translation>Masken importiert</translation>
    </message>
    <message>
        <source>re-blend ({word})</source>
        <translation>neu gemischt ({word})</translation>
    </message>
    <message>
        <source>reject {kind}, {where}</source>
        <translation>{kind} abgelehnt, {where}</translation>
    </message>
    <message>
        <source>{act} ({n} masks)</source>
        <translation>{act} ({n} Masken)</translation>
    </message>
    <message>
        <source>{act} (1 mask)</source>
        <translation>{act} (1 Maske)</translation>
    </message>
    <message>
        <source>{kind}: {act}</source>
        <translation>{kind}: {act}</translation>
    </message>
    <message>
        <source>track {n} is missing for {count}: interpolate</source>
        <translation>Spur {n} fehlt {count} lang: interpolieren</translation>
    </message>
    <message>
        <source>track {n} lives for {count} only: delete it</source>
        <translation>Spur {n} lebt nur {count} lang: löschen</translation>
    </message>
    <message>
        <source>track {n} vanishes {m} times: interpolate over the gaps</source>
        <translation>Spur {n} verschwindet {m}-mal: über die Lücken interpolieren</translation>
    </message>
    <message>
        <source>track {n} is {word} here, {other} in {m}% of its frames: relabel</source>
        <translation>Spur {n} ist hier {word}, in {m} % ihrer Bilder {other}: Klasse ändern</translation>
    </message>
    <message>
        <source>track {n} is {number} times off its usual area: interpolate over it</source>
        <translation>Spur {n} weicht um das {number}-fache von ihrer üblichen Fläche ab: darüber interpolieren</translation>
    </message>
    <message>
        <source>tracks {n} and {m} cover the same object (IoU {number}): merge</source>
        <translation>Spuren {n} und {m} bedecken dasselbe Objekt (IoU {number}): vereinen</translation>
    </message>
    <message>
        <source>track {n} seems to go on where track {m} ends: merge</source>
        <translation>Spur {n} scheint weiterzugehen, wo Spur {m} endet: vereinen</translation>
    </message>
    <message>
        <source>1 frame</source>
        <translation>1 Bild</translation>
    </message>
    <message>
        <source>{n} frames</source>
        <translation>{n} Bilder</translation>
    </message>
    <message>
        <source>input {n} px</source>
        <translation>Eingabe {n} px</translation>
    </message>
    <message>
        <source>masks {n}</source>
        <translation>Masken {n}</translation>
    </message>
    <message>
        <source>network on 1 of {n} frames</source>
        <translation>Netz bei 1 von {n} Bildern</translation>
    </message>
    <message>
        <source>No such file or directory</source>
        <translation>Datei oder Ordner gibt es nicht</translation>
    </message>
    <message>
        <source>Permission denied</source>
        <translation>keine Berechtigung</translation>
    </message>
    <message>
        <source>Connection refused</source>
        <translation>Verbindung abgelehnt</translation>
    </message>
    <message>
        <source>Input/output error</source>
        <translation>Ein-/Ausgabefehler</translation>
    </message>
    <message>
        <source>Invalid data found when processing input</source>
        <translation>ungültige Daten</translation>
    </message>
    <message>
        <source>draw track {n}, {count}</source>
        <translation>Spur {n} gezeichnet, {count}</translation>
    </message>
    <message>
        <source>propagated track {n}, {count}</source>
        <translation>Spur {n} übertragen, {count}</translation>
    </message>
    <message>
        <source>copy track {n} from frame {m}, {count}</source>
        <translation>Spur {n} von Bild {m} kopiert, {count}</translation>
    </message>
    <message>
        <source>reject {kind} of track {n}, {where}</source>
        <translation>abgelehnt: {kind}, Spur {n}, {where}</translation>
    </message>
    <message>
        <source>reject {kind} of tracks {n} and {m}, {where}</source>
        <translation>abgelehnt: {kind}, Spuren {n} und {m}, {where}</translation>
    </message>
    <message>
        <source>opened for reading only</source>
        <translation>nur zum Lesen geöffnet</translation>
    </message>
    <message>
        <source>open in another program, so only for reading here</source>
        <translation>in einem anderen Programm geöffnet, deshalb hier nur lesbar</translation>
    </message>
    <message>
        <source>its folder cannot be written to ({reason})</source>
        <translation>in seinen Ordner kann nicht geschrieben werden ({reason})</translation>
    </message>
    <message>
        <source>the file is write-protected</source>
        <translation>die Datei ist schreibgeschützt</translation>
    </message>
    <message>
        <source>Read-only file system</source>
        <translation>Dateisystem nur lesbar</translation>
    </message>
    <message>
        <source>track {n} has masks on one side of the cut only: go to the frame at which the second object begins</source>
        <translation>Spur {n} hat nur auf einer Seite des Schnitts Masken: gehen Sie zu dem Bild, mit dem das zweite Objekt beginnt</translation>
    </message>
    <message>
        <source>{name} cannot be imported; choose from {kinds}</source>
        <translation>{name} lässt sich nicht importieren; wählen Sie aus {kinds}</translation>
    </message>
    <message>
        <source>no mask can be used; {reason}</source>
        <translation>keine Maske ist brauchbar; {reason}</translation>
    </message>
    <message>
        <source>holds no mask for the frames of this project</source>
        <translation>enthält keine Maske für die Bilder dieses Projekts</translation>
    </message>
    <message>
        <source>no such file or folder</source>
        <translation>Datei oder Ordner gibt es nicht</translation>
    </message>
    <message>
        <source>is a project; make an export of it first (export)</source>
        <translation>ist ein Projekt; exportieren Sie es zuerst</translation>
    </message>
    <message>
        <source>in none of the known formats</source>
        <translation>in keinem bekannten Format</translation>
    </message>
    <message>
        <source>cannot be read ({reason})</source>
        <translation>ist nicht lesbar ({reason})</translation>
    </message>
    <message>
        <source>no UTF-8 text (byte {n})</source>
        <translation>kein Text in UTF-8 (Byte {n})</translation>
    </message>
    <message>
        <source>not valid JSON: nested too deep</source>
        <translation>kein gültiges JSON: zu tief geschachtelt</translation>
    </message>
    <message>
        <source>not valid JSON, line {n}, column {m}: {word}</source>
        <translation>kein gültiges JSON, Zeile {n}, Spalte {m}: {word}</translation>
    </message>
    <message>
        <source>not valid XML: {word}</source>
        <translation>kein gültiges XML: {word}</translation>
    </message>
    <message>
        <source>{word} is missing</source>
        <translation>{word} fehlt</translation>
    </message>
    <message>
        <source>expected {kinds} in this folder, found neither</source>
        <translation>Erwartet wird {kinds} in diesem Ordner, gefunden wurde nichts davon</translation>
    </message>
    <message>
        <source>is Label Studio&apos;s own JSON, which is not read; export the project there as &apos;COCO&apos; (masks and polygons) and import the result.json of that</source>
        <translation>ist das eigene JSON von Label Studio, das nicht gelesen wird; exportieren Sie das Projekt dort als „COCO“ (Masken und Polygone) und importieren Sie dessen result.json</translation>
    </message>
    <message>
        <source>made for {word} px, the video has {other} px; give the video that was annotated</source>
        <translation>gemacht für {word} px, das Video hat {other} px; öffnen Sie das Video, das annotiert wurde</translation>
    </message>
    <message>
        <source>expected a picture of object numbers (palette, grey, 1 or 16 bits, DAVIS colours), found mode {word}</source>
        <translation>Erwartet wird ein Bild aus Objektnummern (Palette, grau, 1 oder 16 Bit, Farben von DAVIS), gefunden wurde die Art {word}</translation>
    </message>
    <message>
        <source>expected a picture of object numbers (palette, grey, 1 or 16 bits, DAVIS colours), found the colour {word}, which is none of the DAVIS palette</source>
        <translation>Erwartet wird ein Bild aus Objektnummern (Palette, grau, 1 oder 16 Bit, Farben von DAVIS), gefunden wurde die Farbe {word}, die nicht in der Palette von DAVIS ist</translation>
    </message>
    <message>
        <source>expected {kinds}, found mode {word}</source>
        <translation>Erwartet wird {kinds}, gefunden wurde die Art {word}</translation>
    </message>
    <message>
        <source>expected {kinds}, found no picture</source>
        <translation>Erwartet wird {kinds}, gefunden wurde kein Bild</translation>
    </message>
    <message>
        <source>the picture is damaged ({reason})</source>
        <translation>das Bild ist beschädigt ({reason})</translation>
    </message>
    <message>
        <source>expected pictures like 00000.png, found none</source>
        <translation>Erwartet werden Bilder wie 00000.png, gefunden wurde keines</translation>
    </message>
    <message>
        <source>expected pictures in {name}, found none</source>
        <translation>Erwartet werden Bilder in {name}, gefunden wurde keines</translation>
    </message>
    <message>
        <source>expected JSON files with &apos;shapes&apos;, found none</source>
        <translation>Erwartet werden JSON-Dateien mit „shapes“, gefunden wurde keine</translation>
    </message>
    <message>
        <source>expected the element &lt;annotations&gt;, found &lt;{word}&gt;</source>
        <translation>Erwartet wird das Element &lt;annotations&gt;, gefunden wurde &lt;{word}&gt;</translation>
    </message>
    <message>
        <source>&apos;CVAT for images&apos;; export the task as &apos;CVAT for video 1.1&apos;</source>
        <translation>„CVAT for images“; exportieren Sie die Aufgabe als „CVAT for video 1.1“</translation>
    </message>
    <message>
        <source>holds {n} tasks; export the task of this video</source>
        <translation>enthält {n} Aufgaben; exportieren Sie die Aufgabe dieses Videos</translation>
    </message>
    <message>
        <source>a list of results names no classes; give the file with &apos;videos&apos; and &apos;categories&apos;</source>
        <translation>eine Liste von Ergebnissen nennt keine Klassen; nehmen Sie die Datei mit „videos“ und „categories“</translation>
    </message>
    <message>
        <source>not a table of index and source_index ({reason})</source>
        <translation>keine Tabelle mit index und source_index ({reason})</translation>
    </message>
    <message>
        <source>frame {n} is not in frames.csv</source>
        <translation>Bild {n} steht nicht in frames.csv</translation>
    </message>
    <message>
        <source>frame {word} (from 0), but the video has {count}; give the video that was annotated</source>
        <translation>Bild {word} (ab 0), aber das Video hat {count}; öffnen Sie das Video, das annotiert wurde</translation>
    </message>
    <message>
        <source>several pictures are of frame {n} ({name} is one); give a file of one video, each frame once</source>
        <translation>mehrere Bilder gehören zu Bild {n} ({name} ist eines); nehmen Sie eine Datei von einem Video, jedes Bild einmal</translation>
    </message>
    <message>
        <source>several images are of one frame; give a file with each frame once</source>
        <translation>mehrere Bilder gehören zum selben Bild des Videos; nehmen Sie eine Datei mit jedem Bild einmal</translation>
    </message>
    <message>
        <source>its video {name} has another size or more frames than this one</source>
        <translation>sein Video {name} hat eine andere Größe oder mehr Bilder als dieses</translation>
    </message>
    <message>
        <source>holds {n} videos, {m} of which fit; give a file of one video</source>
        <translation>enthält {n} Videos, von denen {m} passen; nehmen Sie eine Datei von einem Video</translation>
    </message>
    <message>
        <source>{count}, the video has {there}</source>
        <translation>{count}, das Video hat {there}</translation>
    </message>
    <message>
        <source>{count}, the video has only {n}</source>
        <translation>{count}, das Video hat nur {n}</translation>
    </message>
    <message>
        <source>the frames have numbers from {n} up, the folder&apos;s pictures from {m} up</source>
        <translation>die Bilder haben Nummern ab {n}, die im Ordner ab {m}</translation>
    </message>
    <message>
        <source>the frames have numbers {n} to {m}, the video has {count}; give the video that was annotated</source>
        <translation>die Bilder haben die Nummern {n} bis {m}, das Video hat {count}; öffnen Sie das Video, das annotiert wurde</translation>
    </message>
    <message>
        <source>the frames have numbers {n} to {m}, the video has {count}, which fits counting from 0 and from 1</source>
        <translation>die Bilder haben die Nummern {n} bis {m}, das Video hat {count}, das passt ab 0 und ab 1 gezählt</translation>
    </message>
    <message>
        <source>the frames have numbers {n} to {m}, the video has {count}, which begins elsewhere</source>
        <translation>die Bilder haben die Nummern {n} bis {m}, das Video hat {count}, die Zählung beginnt anderswo</translation>
    </message>
    <message>
        <source>names pictures that are not in the folder, but all fit with numbers counted otherwise ({n} to {m})</source>
        <translation>nennt Bilder, die nicht im Ordner sind, aber anders gezählt passen alle ({n} bis {m})</translation>
    </message>
    <message>
        <source>shapes have the frames {n} to {m}, the task has {word} to {other}</source>
        <translation>Formen haben die Bilder {n} bis {m}, die Aufgabe hat {word} bis {other}</translation>
    </message>
    <message>
        <source>the names of {count} tell no frame, the video has {there}; open the folder of these pictures, or put the number of the frame into each name</source>
        <translation>die Namen von {count} sagen nicht, welches Bild gemeint ist, das Video hat {there}; öffnen Sie den Ordner dieser Bilder, oder nehmen Sie die Nummer des Bilds in jeden Namen auf</translation>
    </message>
    <message>
        <source>the names of the pictures have no order; open the folder of these pictures, or put the number of the frame into each name</source>
        <translation>die Namen der Bilder haben keine Reihenfolge; öffnen Sie den Ordner dieser Bilder, oder nehmen Sie die Nummer des Bilds in jeden Namen auf</translation>
    </message>
    <message>
        <source>assumed: {reason}</source>
        <translation>angenommen: {reason}</translation>
    </message>
    <message>
        <source>frames are found by the numbers in the pictures&apos; names</source>
        <translation>Bilder werden nach den Nummern in den Namen der Bilddateien gefunden</translation>
    </message>
    <message>
        <source>frames are found by the pictures&apos; names</source>
        <translation>Bilder werden nach den Namen der Bilddateien gefunden</translation>
    </message>
    <message>
        <source>frames are the pictures in the order of their names</source>
        <translation>die Bilder folgen der Reihenfolge der Dateinamen</translation>
    </message>
    <message>
        <source>the first frame has number {word} in the annotations</source>
        <translation>das erste Bild hat in den Annotationen die Nummer {word}</translation>
    </message>
    <message>
        <source>frames are the pictures of the folder with numbers by value (2 before 10); CVAT sorts by text unless told</source>
        <translation>die Bilder sind die des Ordners, nach dem Wert der Nummern (2 vor 10); CVAT ordnet sonst nach dem Text</translation>
    </message>
    <message>
        <source>the task&apos;s frames up to {n} are more than the video has, {m}</source>
        <translation>die Aufgabe hat Bilder bis {n}, mehr als das Video, {m}</translation>
    </message>
    <message>
        <source>frames are counted within the task, which begins at frame {n} of the video</source>
        <translation>Bilder sind innerhalb der Aufgabe gezählt, die bei Bild {n} des Videos beginnt</translation>
    </message>
    <message>
        <source>frames are counted within the task, which begins at frame {n} of the video and has every {m}. one</source>
        <translation>Bilder sind innerhalb der Aufgabe gezählt, die bei Bild {n} des Videos beginnt und jedes {m}. hat</translation>
    </message>
    <message>
        <source>pixels of 255 (or 254) alone are one object, not void</source>
        <translation>Bildpunkte, die nur 255 (oder 254) sind, sind ein Objekt, nicht leer</translation>
    </message>
    <message>
        <source>pictures with many greys between 0 and 255 are masks of one object, from 128 up</source>
        <translation>Bilder mit vielen Graustufen zwischen 0 und 255 sind Masken eines Objekts, ab 128</translation>
    </message>
    <message>
        <source>pictures whose size the file does not tell have the video&apos;s</source>
        <translation>Bilder, deren Größe die Datei nicht nennt, haben die des Videos</translation>
    </message>
    <message>
        <source>left out, {reason}: {n} ({name})</source>
        <translation>ausgelassen, {reason}: {n} ({name})</translation>
    </message>
    <message>
        <source>joined, masks of one track in one frame: {n} ({name})</source>
        <translation>vereint, Masken einer Spur in einem Bild: {n} ({name})</translation>
    </message>
    <message>
        <source>parts left out, an outline that cannot be drawn: {n} ({name})</source>
        <translation>Teile ausgelassen, ein Umriss, der sich nicht zeichnen lässt: {n} ({name})</translation>
    </message>
    <message>
        <source>and {n} more kinds of remarks</source>
        <translation>und {n} weitere Arten von Bemerkungen</translation>
    </message>
    <message>
        <source>the project does not cover its frame</source>
        <translation>sein Bild gehört nicht zum Projekt</translation>
    </message>
    <message>
        <source>its picture is not in the folder</source>
        <translation>sein Bild ist nicht im Ordner</translation>
    </message>
    <message>
        <source>its image is not listed</source>
        <translation>sein Bild ist nicht aufgeführt</translation>
    </message>
    <message>
        <source>it has no outline or mask, perhaps only a box</source>
        <translation>ohne Umriss und Maske, vielleicht nur mit Rahmen</translation>
    </message>
    <message>
        <source>&lt;{word}&gt; has no area</source>
        <translation>&lt;{word}&gt; hat keine Fläche</translation>
    </message>
    <message>
        <source>expected an object, found {word}</source>
        <translation>Erwartet wird ein Objekt, gefunden wurde {word}</translation>
    </message>
    <message>
        <source>expected an id, found {word}</source>
        <translation>Erwartet wird eine Nummer, gefunden wurde {word}</translation>
    </message>
    <message>
        <source>category {word} is not among the file&apos;s categories</source>
        <translation>Kategorie {word} gehört nicht zu denen der Datei</translation>
    </message>
    <message>
        <source>runs sum to {n}, the box has {word} px</source>
        <translation>die Lauflängen ergeben {n}, der Rahmen hat {word} px</translation>
    </message>
    <message>
        <source>shape_type {word} has no pixels</source>
        <translation>Form {word} hat keine Bildpunkte</translation>
    </message>
    <message>
        <source>a {word} needs two points, this one has {n}</source>
        <translation>{word} braucht zwei Punkte, hier sind es {n}</translation>
    </message>
    <message>
        <source>&apos;mask&apos; is no picture in base64</source>
        <translation>„mask“ ist kein Bild in base64</translation>
    </message>
    <message>
        <source>&apos;mask&apos; is no picture of one channel</source>
        <translation>„mask“ ist kein Bild mit einem Kanal</translation>
    </message>
    <message>
        <source>class {word} has no name; put it in classes.csv or labels.txt</source>
        <translation>Klasse {word} hat keinen Namen; schreiben Sie ihn in classes.csv oder labels.txt</translation>
    </message>
    <message>
        <source>an ellipse needs a centre and positive radii</source>
        <translation>eine Ellipse braucht einen Mittelpunkt und positive Radien</translation>
    </message>
    <message>
        <source>a line needs two points or more</source>
        <translation>eine Linie braucht mindestens zwei Punkte</translation>
    </message>
    <message>
        <source>expected points of two coordinates</source>
        <translation>Erwartet werden Punkte mit zwei Koordinaten</translation>
    </message>
    <message>
        <source>coordinates are not finite or far outside the picture</source>
        <translation>Koordinaten sind nicht endlich oder liegen weit außerhalb des Bilds</translation>
    </message>
    <message>
        <source>expected 6 fields, found {n}</source>
        <translation>Erwartet werden 6 Felder, gefunden wurden {n}</translation>
    </message>
    <message>
        <source>segmentations: expected a list, found {word}</source>
        <translation>segmentations: Erwartet wird eine Liste, gefunden wurde {word}</translation>
    </message>
    <message>
        <source>a polygon must be numbers x, y, x, y, ... in px</source>
        <translation>ein Polygon muss aus Zahlen x, y, x, y, ... in px bestehen</translation>
    </message>
    <message>
        <source>a polygon must be pairs x, y in px</source>
        <translation>ein Polygon muss aus Paaren x, y in px bestehen</translation>
    </message>
    <message>
        <source>a polygon must be x, y, x, y, ... in one list</source>
        <translation>ein Polygon muss x, y, x, y, ... in einer Liste sein</translation>
    </message>
    <message>
        <source>a polygon needs three points or more, this one has {n}</source>
        <translation>ein Polygon braucht mindestens drei Punkte, dieses hat {n}</translation>
    </message>
    <message>
        <source>a coordinate is not a finite number</source>
        <translation>eine Koordinate ist keine endliche Zahl</translation>
    </message>
    <message>
        <source>coordinate {word} is far outside of {other} px</source>
        <translation>Koordinate {word} liegt weit außerhalb von {other} px</translation>
    </message>
    <message>
        <source>its outline is {word} px long, no mask of that picture needs that</source>
        <translation>sein Umriss ist {word} px lang, das braucht keine Maske in diesem Bild</translation>
    </message>
    <message>
        <source>expected polygons or run lengths, found {word}</source>
        <translation>Erwartet werden Polygone oder Lauflängen, gefunden wurde {word}</translation>
    </message>
    <message>
        <source>the run lengths have no {word}</source>
        <translation>den Lauflängen fehlt {word}</translation>
    </message>
    <message>
        <source>made for [height, width] {word}, the picture has {other}</source>
        <translation>gemacht für [Höhe, Breite] {word}, das Bild hat {other}</translation>
    </message>
    <message>
        <source>there is no track {word} in this project</source>
        <translation>in diesem Projekt gibt es keine Spur {word}</translation>
    </message>
    <message>
        <source>track id {word}: must be 1 or more</source>
        <translation>Nummer {word} einer Spur: muss mindestens 1 sein</translation>
    </message>
    <message>
        <source>there is no class {word} in this project: add it first</source>
        <translation>in diesem Projekt gibt es keine Klasse {word}: legen Sie sie erst an</translation>
    </message>
    <message>
        <source>track {n} has no mask yet: say which class the new one has</source>
        <translation>Spur {n} hat noch keine Maske: geben Sie der neuen eine Klasse</translation>
    </message>
    <message>
        <source>frame {word} is not part of this project ({reason})</source>
        <translation>Bild {word} gehört nicht zu diesem Projekt ({reason})</translation>
    </message>
    <message>
        <source>exists already; choose another name</source>
        <translation>gibt es schon; wählen Sie einen anderen Namen</translation>
    </message>
    <message>
        <source>cannot be made, its folder does not exist</source>
        <translation>lässt sich nicht anlegen, den Ordner gibt es nicht</translation>
    </message>
    <message>
        <source>cannot be made ({reason})</source>
        <translation>lässt sich nicht anlegen ({reason})</translation>
    </message>
    <message>
        <source>cannot be opened ({reason})</source>
        <translation>lässt sich nicht öffnen ({reason})</translation>
    </message>
    <message>
        <source>cannot be opened ({reason}); the project is {name}</source>
        <translation>lässt sich nicht öffnen ({reason}); das Projekt ist {name}</translation>
    </message>
    <message>
        <source>expected an annotation project (.bml), found another kind of file</source>
        <translation>Erwartet wird ein Annotationsprojekt (.bml), gefunden wurde eine andere Datei</translation>
    </message>
    <message>
        <source>another program is making it</source>
        <translation>ein anderes Programm legt es gerade an</translation>
    </message>
    <message>
        <source>is open in another program; close it there before it is replaced</source>
        <translation>ist in einem anderen Programm geöffnet; schließen Sie es dort, bevor es ersetzt wird</translation>
    </message>
    <message>
        <source>has acts in {name} and can be read only as a copy, which cannot be made ({reason}); free some space or copy both files</source>
        <translation>hat Änderungen in {name} und ist nur als Kopie lesbar, die sich nicht anlegen lässt ({reason}); schaffen Sie Platz oder kopieren Sie beide Dateien</translation>
    </message>
    <message>
        <source>made by a newer version (format {n}, this one knows {m}); update BlendMask Live</source>
        <translation>von einer neueren Version angelegt (Format {n}, diese kennt {m}); bringen Sie BlendMask Live auf den neuen Stand</translation>
    </message>
    <message>
        <source>cannot be changed: {reason}</source>
        <translation>lässt sich nicht ändern: {reason}</translation>
    </message>
    <message>
        <source>cannot be replaced: {reason}</source>
        <translation>lässt sich nicht ersetzen: {reason}</translation>
    </message>
    <message>
        <source>the disk is full: this act is not kept, all before it is; free some space</source>
        <translation>der Datenträger ist voll: Diese Änderung ist nicht gespeichert, alle davor sind es; schaffen Sie Platz</translation>
    </message>
    <message>
        <source>the file is damaged ({reason}); go back to a copy of it</source>
        <translation>die Datei ist beschädigt ({reason}); gehen Sie zu einer Kopie zurück</translation>
    </message>
    <message>
        <source>text that cannot be read</source>
        <translation>unlesbarer Text</translation>
    </message>
    <message>
        <source>cannot be read or written ({reason}); is the disk still there?</source>
        <translation>lässt sich nicht lesen oder schreiben ({reason}); ist der Datenträger noch da?</translation>
    </message>
    <message>
        <source>was left unfinished and holds nothing; delete it</source>
        <translation>wurde nicht fertig und enthält nichts; löschen Sie es</translation>
    </message>
    <message>
        <source>was undone, so it does not go on</source>
        <translation>wurde rückgängig gemacht und geht deshalb nicht weiter</translation>
    </message>
    <message>
        <source>frame {n}: the mask of track {m} is damaged ({reason}); other masks are not: delete it in the editor and draw it again, or go back to a copy of the file</source>
        <translation>Bild {n}: Die Maske von Spur {m} ist beschädigt ({reason}); andere sind es nicht: Löschen Sie sie hier und zeichnen Sie sie neu, oder gehen Sie zu einer Kopie der Datei zurück</translation>
    </message>
    <message>
        <source>frame {n}: what its masks are blended from is damaged ({reason}); other masks are not: only this frame cannot be re-blended, or go back to a copy of the file</source>
        <translation>Bild {n}: Woraus seine Masken gemischt werden, ist beschädigt ({reason}); andere sind es nicht: Nur dieses Bild lässt sich nicht neu mischen, oder gehen Sie zu einer Kopie der Datei zurück</translation>
    </message>
    <message>
        <source>frame {n} cannot be read any more; the source differs from the one that was annotated</source>
        <translation>Bild {n} ist nicht mehr lesbar; die Quelle ist nicht mehr die, die annotiert wurde</translation>
    </message>
    <message>
        <source>frame {n} cannot be read any more</source>
        <translation>Bild {n} ist nicht mehr lesbar</translation>
    </message>
    <message>
        <source>was a live source, so there are no pictures to read</source>
        <translation>war eine Live-Quelle, deshalb gibt es keine Bilder</translation>
    </message>
    <message>
        <source>the source was moved or deleted; tell the project where it is now</source>
        <translation>Die Quelle wurde verschoben oder gelöscht; zeigen Sie dem Projekt, wo sie jetzt ist</translation>
    </message>
    <message>
        <source>is not the source that was annotated (its content changed), so the masks may not fit; put the old one back, or tell the project where it is</source>
        <translation>ist nicht die Quelle, die annotiert wurde (ihr Inhalt hat sich geändert), die Masken passen vielleicht nicht; legen Sie die alte zurück, oder zeigen Sie dem Projekt, wo sie ist</translation>
    </message>
    <message>
        <source>is not the source that was annotated ({name}, {word} bytes): its content differs</source>
        <translation>ist nicht die Quelle, die annotiert wurde ({name}, {word} Bytes): Ihr Inhalt ist anders</translation>
    </message>
    <message>
        <source>does not exist</source>
        <translation>gibt es nicht</translation>
    </message>
    <message>
        <source>track {n} has no mask in frame {m}</source>
        <translation>Spur {n} hat in Bild {m} keine Maske</translation>
    </message>
    <message>
        <source>track {n} has no mask in frame {m} to propagate</source>
        <translation>Spur {n} hat in Bild {m} keine Maske, die sich übertragen ließe</translation>
    </message>
    <message>
        <source>track {n}: interpolation needs two masks to go between, {where} has {m}</source>
        <translation>Spur {n}: Zum Interpolieren braucht es zwei Masken, {where} hat {m}</translation>
    </message>
    <message>
        <source>track {n}: choose two different tracks</source>
        <translation>Spur {n}: Wählen Sie zwei verschiedene Spuren</translation>
    </message>
    <message>
        <source>class {word}: expected a name that no class has yet</source>
        <translation>Klasse {word}: Erwartet wird ein Name, den noch keine Klasse hat</translation>
    </message>
    <message>
        <source>class {word} is not one of the project&apos;s</source>
        <translation>Klasse {word} gibt es im Projekt nicht</translation>
    </message>
    <message>
        <source>there is no frame on that side of frame {n}</source>
        <translation>auf dieser Seite von Bild {n} gibt es kein Bild</translation>
    </message>
    <message>
        <source>frame {n}, track {m}: cannot be drawn ({reason})</source>
        <translation>Bild {n}, Spur {m}: lässt sich nicht zeichnen ({reason})</translation>
    </message>
    <message>
        <source>frame {n}: track ids must be positive and unique: {word}</source>
        <translation>Bild {n}: Nummern von Spuren müssen positiv und verschieden sein: {word}</translation>
    </message>
    <message>
        <source>frame {n}: expected masks of {word} px, found {other}</source>
        <translation>Bild {n}: Erwartet werden Masken von {word} px, gefunden wurden {other}</translation>
    </message>
    <message>
        <source>factor {word}: must lie between 0 and 100</source>
        <translation>Faktor {word}: muss zwischen 0 und 100 liegen</translation>
    </message>
    <message>
        <source>track {n}, frame {m}: has no attention to blend with (it was not detected, or the project was made without “{control}”); use optical flow</source>
        <translation>Spur {n}, Bild {m}: hat keine Aufmerksamkeit zum Mischen (nicht erkannt, oder das Projekt ist ohne „{control}“ entstanden); verwenden Sie den optischen Fluss</translation>
    </message>
    <message>
        <source>holds no latents, so masks cannot get another size; annotate again with “{control}”, or change only thresholds and classes</source>
        <translation>enthält keine Basen, Masken können deshalb keine andere Größe bekommen; annotieren Sie noch einmal mit „{control}“, oder ändern Sie nur Schwellen und Klassen</translation>
    </message>
    <message>
        <source>{count}, at least {n} are needed; draw, change or confirm masks in more frames</source>
        <translation>{count}, nötig sind mindestens {n}; zeichnen, ändern oder bestätigen Sie Masken in mehr Bildern</translation>
    </message>
    <message>
        <source>another run is training here; wait for it, or name another output folder</source>
        <translation>hier wird schon trainiert; warten Sie, oder wählen Sie einen anderen Namen</translation>
    </message>
    <message>
        <source>training broke at step {n}: loss {word} is not a number; lower the learning rate and resume</source>
        <translation>das Training brach bei Schritt {n} ab: Fehler {word} ist keine Zahl; verkleinern Sie die Lernrate und setzen Sie fort</translation>
    </message>
    <message>
        <source>other weights have that name and would be used instead; choose another one</source>
        <translation>andere Gewichte heißen schon so und würden statt dieser verwendet; wählen Sie einen anderen Namen</translation>
    </message>
    <message>
        <source>formats {word}: expected a list of names, as in {other}</source>
        <translation>Formate {word}: Erwartet wird eine Liste von Namen, etwa {other}</translation>
    </message>
    <message>
        <source>format {word}: choose from {kinds}</source>
        <translation>Format {word}: Wählen Sie aus {kinds}</translation>
    </message>
    <message>
        <source>unknown format {word}; choose from {kinds}</source>
        <translation>unbekanntes Format {word}; wählen Sie aus {kinds}</translation>
    </message>
    <message>
        <source>background {word}: expected &apos;blur&apos;, a colour like &apos;green&apos; or &apos;#00b140&apos;, or an image file ({reason})</source>
        <translation>Hintergrund {word}: Erwartet wird „blur“, eine Farbe wie „green“ oder „#00b140“ oder eine Bilddatei ({reason})</translation>
    </message>
    <message>
        <source>not an image</source>
        <translation>kein Bild</translation>
    </message>
    <message>
        <source>exists already; choose another folder</source>
        <translation>gibt es schon; wählen Sie einen anderen Ordner</translation>
    </message>
    <message>
        <source>cannot be written: {reason}; free some space or choose another folder</source>
        <translation>lässt sich nicht schreiben: {reason}; schaffen Sie Platz oder wählen Sie einen anderen Ordner</translation>
    </message>
    <message>
        <source>cannot be written: {reason}; free some of the quota or choose another folder</source>
        <translation>lässt sich nicht schreiben: {reason}; schaffen Sie Platz im Kontingent oder wählen Sie einen anderen Ordner</translation>
    </message>
    <message>
        <source>cannot be written: {reason}; raise the file size limit or choose another folder</source>
        <translation>lässt sich nicht schreiben: {reason}; erhöhen Sie die Grenze für Dateigrößen oder wählen Sie einen anderen Ordner</translation>
    </message>
    <message>
        <source>cannot be written: {reason}; choose a folder that you may write to</source>
        <translation>lässt sich nicht schreiben: {reason}; wählen Sie einen Ordner, in den Sie schreiben dürfen</translation>
    </message>
    <message>
        <source>cannot be written ({reason})</source>
        <translation>lässt sich nicht schreiben ({reason})</translation>
    </message>
    <message>
        <source>cannot be made ({reason}); choose another output folder</source>
        <translation>lässt sich nicht anlegen ({reason}); wählen Sie einen anderen Ordner</translation>
    </message>
    <message>
        <source>holds the outputs of {name}, not of {other}; choose another output folder</source>
        <translation>enthält die Ergebnisse von {name}, nicht von {other}; wählen Sie einen anderen Ordner</translation>
    </message>
    <message>
        <source>a live source cannot be read twice; record it first, or leave out two-pass</source>
        <translation>eine Live-Quelle lässt sich nicht zweimal lesen; zeichnen Sie sie erst auf, oder sehen Sie nur einmal hin</translation>
    </message>
    <message>
        <source>two passes keep objects only; leave out panoptic or two-pass</source>
        <translation>beim zweimaligen Ansehen bleiben nur Objekte; lassen Sie Flächen weg, oder sehen Sie nur einmal hin</translation>
    </message>
    <message>
        <source>two passes look at tracks a second time; leave out no-track or two-pass</source>
        <translation>beim zweimaligen Ansehen geht es um Spuren; verfolgen Sie Objekte, oder sehen Sie nur einmal hin</translation>
    </message>
    <message>
        <source>two passes keep no latents; leave out latents or two-pass</source>
        <translation>beim zweimaligen Ansehen bleiben keine Basen; behalten Sie keine, oder sehen Sie nur einmal hin</translation>
    </message>
    <message>
        <source>only tracks go on through gaps; leave out no-track or coast</source>
        <translation>nur Spuren gehen über Lücken hinweg weiter; verfolgen Sie Objekte, oder überbrücken Sie keine Lücken</translation>
    </message>
    <message>
        <source>latents and coasting blend masks from the first look; leave out those or refine</source>
        <translation>Basen und überbrückte Lücken mischen Masken vom ersten Blick; lassen Sie sie weg, oder verfeinern Sie nicht</translation>
    </message>
    <message>
        <source>request: {reason}</source>
        <translation>Auftrag: {reason}</translation>
    </message>
    <message>
        <source>the first pass cannot be kept ({reason}); free space in the output folder, or annotate without “{control}”</source>
        <translation>der erste Durchgang lässt sich nicht aufbewahren ({reason}); schaffen Sie Platz im Ausgabeordner, oder annotieren Sie ohne „{control}“</translation>
    </message>
    <message>
        <source>{word} cannot hold {other} audio; left out</source>
        <translation>{word} kann Ton in {other} nicht aufnehmen; er fehlt</translation>
    </message>
    <message>
        <source>audio breaks off: {reason}</source>
        <translation>der Ton bricht ab: {reason}</translation>
    </message>
    <message>
        <source>damaged packets of audio left out: {n}</source>
        <translation>beschädigte Pakete des Tons ausgelassen: {n}</translation>
    </message>
    <message>
        <source>no audio, {name} does not take it: {reason}</source>
        <translation>kein Ton, {name} nimmt ihn nicht an: {reason}</translation>
    </message>
    <message>
        <source>no audio, {name}: {reason}</source>
        <translation>kein Ton, {name}: {reason}</translation>
    </message>
    <message>
        <source>a palette holds {n} objects; tracks {m} to {word} are in {name}</source>
        <translation>eine Palette fasst {n} Objekte; die Spuren {m} bis {word} sind in {name}</translation>
    </message>
    <message>
        <source>{n} objects of one class, ids end at {m}; the rest is in {name} and later parts</source>
        <translation>{n} Objekte einer Klasse, Nummern enden bei {m}; der Rest ist in {name} und späteren Teilen</translation>
    </message>
    <message>
        <source>opens a file only with its picture beside; “{control}” writes them</source>
        <translation>öffnet eine Datei nur mit ihrem Bild daneben; „{control}“ schreibt sie</translation>
    </message>
    <message>
        <source>classes beyond the format&apos;s own are numbered in classes.csv</source>
        <translation>Klassen, die das Format nicht kennt, sind in classes.csv nummeriert</translation>
    </message>
    <message>
        <source>pixels have no numbers for more classes; left out {kinds}</source>
        <translation>für weitere Klassen haben Bildpunkte keine Nummern; ausgelassen: {kinds}</translation>
    </message>
    <message>
        <source>the format knows person and car; left out {kinds} (“{control}” keeps them)</source>
        <translation>das Format kennt person und car; ausgelassen: {kinds} („{control}“ behält sie)</translation>
    </message>
    <message>
        <source>no frame was exported, so nothing is written</source>
        <translation>kein Bild wurde exportiert, also wird nichts geschrieben</translation>
    </message>
    <message>
        <source>the clock leaps ahead at {number} s; the pause is cut</source>
        <translation>die Uhr springt bei {number} s vor; die Pause ist herausgeschnitten</translation>
    </message>
    <message>
        <source>frame time {word} s does not increase; moved</source>
        <translation>die Zeit {word} s eines Bilds steigt nicht an; verschoben</translation>
    </message>
    <message>
        <source>{n} frame times did not increase</source>
        <translation>{n} Zeiten von Bildern steigen nicht an</translation>
    </message>
    <message>
        <source>no frame shows track {word}</source>
        <translation>kein Bild zeigt Spur {word}</translation>
    </message>
    <message>
        <source>the name of the source is empty; give a file, folder or camera</source>
        <translation>der Name der Quelle ist leer; nennen Sie eine Datei, einen Ordner oder eine Kamera</translation>
    </message>
    <message>
        <source>no such file or folder; check the path</source>
        <translation>Datei oder Ordner gibt es nicht; prüfen Sie den Pfad</translation>
    </message>
    <message>
        <source>no such file, folder or camera; check the path</source>
        <translation>Datei, Ordner oder Kamera gibt es nicht; prüfen Sie den Namen</translation>
    </message>
    <message>
        <source>expected a file or a folder, found a special file</source>
        <translation>Erwartet wird eine Datei oder ein Ordner, gefunden wurde eine Gerätedatei</translation>
    </message>
    <message>
        <source>cannot be reached: {reason}</source>
        <translation>ist nicht zu erreichen: {reason}</translation>
    </message>
    <message>
        <source>cannot be opened: {reason}</source>
        <translation>lässt sich nicht öffnen: {reason}</translation>
    </message>
    <message>
        <source>the file is empty</source>
        <translation>Die Datei ist leer</translation>
    </message>
    <message>
        <source>expected a video file ({kinds}), found something else or a damaged file ({reason})</source>
        <translation>Erwartet wird eine Videodatei ({kinds}), gefunden wurde etwas anderes oder eine beschädigte Datei ({reason})</translation>
    </message>
    <message>
        <source>expected a video file ({kinds}), found text</source>
        <translation>Erwartet wird eine Videodatei ({kinds}), gefunden wurde Text</translation>
    </message>
    <message>
        <source>cannot be read any further: {reason}</source>
        <translation>lässt sich nicht weiter lesen: {reason}</translation>
    </message>
    <message>
        <source>holds no video frame that can be decoded</source>
        <translation>enthält kein Bild, das sich dekodieren lässt</translation>
    </message>
    <message>
        <source>expected a video stream, found only audio</source>
        <translation>Erwartet wird ein Videostrom, gefunden wurde nur Ton</translation>
    </message>
    <message>
        <source>expected a video stream, found none</source>
        <translation>Erwartet wird ein Videostrom, gefunden wurde keiner</translation>
    </message>
    <message>
        <source>expected a video stream, found something else</source>
        <translation>Erwartet wird ein Videostrom, gefunden wurde etwas anderes</translation>
    </message>
    <message>
        <source>no decoder for its video stream is available</source>
        <translation>für seinen Videostrom gibt es hier keinen Dekoder</translation>
    </message>
    <message>
        <source>a picture of {n} tiles, which cannot be put together here; convert it to JPEG or PNG</source>
        <translation>ein Bild aus {n} Kacheln, das sich hier nicht zusammensetzen lässt; wandeln Sie es in JPEG oder PNG um</translation>
    </message>
    <message>
        <source>frame {n} ({word}) cannot be converted to RGB: {reason}</source>
        <translation>Bild {n} ({word}) lässt sich nicht in RGB umwandeln: {reason}</translation>
    </message>
    <message>
        <source>a picture ({word}) cannot be converted to RGB: {reason}</source>
        <translation>ein Bild ({word}) lässt sich nicht in RGB umwandeln: {reason}</translation>
    </message>
    <message>
        <source>the installed scikit-image has no data/{name}; reinstall scikit-image</source>
        <translation>im installierten scikit-image fehlt data/{name}; installieren Sie scikit-image neu</translation>
    </message>
    <message>
        <source>skimage/data/{name} is damaged; reinstall scikit-image</source>
        <translation>skimage/data/{name} ist beschädigt; installieren Sie scikit-image neu</translation>
    </message>
    <message>
        <source>cannot be listed: {reason}</source>
        <translation>sein Inhalt lässt sich nicht auflisten: {reason}</translation>
    </message>
    <message>
        <source>expected a folder of images ({kinds}), found none</source>
        <translation>Erwartet wird ein Ordner mit Bildern ({kinds}), gefunden wurde keines</translation>
    </message>
    <message>
        <source>expected a folder of images ({kinds}), found some in {name}; give one of these</source>
        <translation>Erwartet wird ein Ordner mit Bildern ({kinds}), Bilder gibt es in {name}; wählen Sie einen davon</translation>
    </message>
    <message>
        <source>none of the {n} image file(s) can be read</source>
        <translation>keine der Bilddateien ({n}) ist lesbar</translation>
    </message>
    <message>
        <source>only the first of its {n} pictures is read; convert it to a video</source>
        <translation>nur das erste seiner {n} Bilder wird gelesen; wandeln Sie es in ein Video um</translation>
    </message>
    <message>
        <source>{count} skipped; frames that depend on them may be missing too</source>
        <translation>{count} übersprungen; auch Bilder, die davon abhängen, können fehlen</translation>
    </message>
    <message>
        <source>{count} skipped; frames that depend on it may be missing too</source>
        <translation>{count} übersprungen; auch Bilder, die davon abhängen, können fehlen</translation>
    </message>
    <message>
        <source>{count}, shown as far as possible</source>
        <translation>{count}, so weit wie möglich gezeigt</translation>
    </message>
    <message>
        <source>cut short, its last part is missing</source>
        <translation>abgeschnitten, sein letzter Teil fehlt</translation>
    </message>
    <message>
        <source>damaged, the rest cannot be read</source>
        <translation>beschädigt, der Rest ist nicht lesbar</translation>
    </message>
    <message>
        <source>{count} skipped so far</source>
        <translation>bisher {count} übersprungen</translation>
    </message>
    <message>
        <source>too much for this computer, only keyframes are shown</source>
        <translation>zu viel für diesen Rechner, nur Schlüsselbilder werden gezeigt</translation>
    </message>
    <message>
        <source>lost, next try in {n} s ({reason})</source>
        <translation>verloren, nächster Versuch in {n} s ({reason})</translation>
    </message>
    <message>
        <source>lost, trying to connect again</source>
        <translation>verloren, wird neu verbunden</translation>
    </message>
    <message>
        <source>lost, trying again ({reason})</source>
        <translation>verloren, wird neu versucht ({reason})</translation>
    </message>
    <message>
        <source>it ended</source>
        <translation>beendet</translation>
    </message>
    <message>
        <source>it gives no more pictures</source>
        <translation>gibt keine Bilder mehr</translation>
    </message>
    <message>
        <source>no picture for {n} s</source>
        <translation>seit {n} s kein Bild</translation>
    </message>
    <message>
        <source>nothing came for some seconds</source>
        <translation>seit einigen Sekunden kam nichts</translation>
    </message>
    <message>
        <source>nothing but damaged data</source>
        <translation>nichts als beschädigte Daten</translation>
    </message>
    <message>
        <source>capture failed: {reason}</source>
        <translation>die Aufnahme ist gescheitert: {reason}</translation>
    </message>
    <message>
        <source>no picture came within {number} s; check that the other side sends video</source>
        <translation>binnen {number} s kam kein Bild; prüfen Sie, ob die andere Seite Video sendet</translation>
    </message>
    <message>
        <source>ended before its first picture came</source>
        <translation>endete, bevor das erste Bild kam</translation>
    </message>
    <message>
        <source>{name} may not be used by this user; join the group &apos;video&apos; and log in again</source>
        <translation>{name} darf dieser Benutzer nicht verwenden; treten Sie der Gruppe „video“ bei und melden Sie sich neu an</translation>
    </message>
    <message>
        <source>device files are a thing of Linux; give the camera&apos;s index</source>
        <translation>Gerätedateien gibt es nur unter Linux; nennen Sie die Nummer der Kamera</translation>
    </message>
    <message>
        <source>there is no camera {name}; {reason}</source>
        <translation>es gibt keine Kamera {name}; {reason}</translation>
    </message>
    <message>
        <source>taken by another program; close that program</source>
        <translation>von einem anderen Programm belegt; schließen Sie dieses</translation>
    </message>
    <message>
        <source>{name} is no camera; {reason}</source>
        <translation>{name} ist keine Kamera; {reason}</translation>
    </message>
    <message>
        <source>{name} cannot be opened ({other}); {reason}</source>
        <translation>{name} lässt sich nicht öffnen ({other}); {reason}</translation>
    </message>
    <message>
        <source>there is none, another program uses it, or this program may not (see the system&apos;s camera privacy settings); {reason}</source>
        <translation>es gibt keine, ein anderes Programm verwendet sie, oder dieses darf es nicht (siehe die Kamera-Einstellungen zum Datenschutz); {reason}</translation>
    </message>
    <message>
        <source>cameras here: {name}</source>
        <translation>Kameras hier: {name}</translation>
    </message>
    <message>
        <source>no camera is connected</source>
        <translation>keine Kamera ist angeschlossen</translation>
    </message>
    <message>
        <source>expected screen, screen:2 (a monitor) or screen:X,Y,WxH (a region in px)</source>
        <translation>Erwartet wird screen, screen:2 (ein Bildschirm) oder screen:X,Y,BxH (ein Ausschnitt in px)</translation>
    </message>
    <message>
        <source>there is no such monitor; there are 1 to {n}</source>
        <translation>diesen Bildschirm gibt es nicht; es gibt 1 bis {n}</translation>
    </message>
    <message>
        <source>the region leaves the desktop, which is {word} px from {other} on</source>
        <translation>der Ausschnitt ragt über den Bildschirm hinaus, der {word} px groß ist und bei {other} beginnt</translation>
    </message>
    <message>
        <source>the screen cannot be captured ({reason}); a desktop session is needed (on Linux with X11)</source>
        <translation>der Bildschirm lässt sich nicht aufnehmen ({reason}); nötig ist eine grafische Sitzung (unter Linux mit X11)</translation>
    </message>
    <message>
        <source>cannot be captured any more ({reason})</source>
        <translation>lässt sich nicht mehr aufnehmen ({reason})</translation>
    </message>
    <message>
        <source>{word} must be a time from 0 s on, found {other}</source>
        <translation>{word}: Erwartet wird eine Zeit ab 0 s, gefunden wurde {other}</translation>
    </message>
    <message>
        <source>end ({word} s) must come after start ({other} s)</source>
        <translation>das Ende ({word} s) muss nach dem Anfang ({other} s) liegen</translation>
    </message>
    <message>
        <source>stride must be 1 or more, found {word}</source>
        <translation>die Schrittweite muss mindestens 1 sein, gefunden wurde {word}</translation>
    </message>
    <message>
        <source>max-frames must be 1 or more, found {word}</source>
        <translation>die Zahl der Bilder muss mindestens 1 sein, gefunden wurde {word}</translation>
    </message>
    <message>
        <source>start and end need a source with timestamps; use stride and max-frames instead</source>
        <translation>Anfang und Ende brauchen eine Quelle mit Zeitstempeln; verwenden Sie Schrittweite und Zahl der Bilder</translation>
    </message>
    <message>
        <source>start ({word} s) lies after the end of the video (about {number} s)</source>
        <translation>der Anfang ({word} s) liegt hinter dem Ende des Videos (etwa {number} s)</translation>
    </message>
    <message>
        <source>no frame in this range ({word} s to {other} s); widen it</source>
        <translation>kein Bild in diesem Bereich ({word} s bis {other} s); machen Sie ihn größer</translation>
    </message>
    <message>
        <source>no answer within {number} s; check address and network</source>
        <translation>keine Antwort binnen {number} s; prüfen Sie Adresse und Netz</translation>
    </message>
    <message>
        <source>cannot be opened ({reason}); check address and network</source>
        <translation>lässt sich nicht öffnen ({reason}); prüfen Sie Adresse und Netz</translation>
    </message>
    <message>
        <source>this build of FFmpeg does not know the protocol; give rtsp, http, udp or tcp</source>
        <translation>dieses FFmpeg kennt das Protokoll nicht; verwenden Sie rtsp, http, udp oder tcp</translation>
    </message>
    <message>
        <source>connection refused; check address and port, and that the sender runs</source>
        <translation>Verbindung abgelehnt; prüfen Sie Adresse und Port, und ob der Sender läuft</translation>
    </message>
    <message>
        <source>user or password refused; they stand before the host in the address</source>
        <translation>Benutzer oder Passwort abgelehnt; sie stehen in der Adresse vor dem Rechner</translation>
    </message>
    <message>
        <source>no such stream on this server (404); check the path</source>
        <translation>diesen Strom gibt es auf dem Server nicht (404); prüfen Sie den Pfad</translation>
    </message>
    <message>
        <source>no video came; check address, port, mode and passphrase, and that the sender runs</source>
        <translation>es kam kein Video; prüfen Sie Adresse, Port, Modus und Passphrase, und ob der Sender läuft</translation>
    </message>
    <message>
        <source>SRT needs the program ffmpeg, built with SRT; install it, or let the sender use rtsp, http, udp or tcp</source>
        <translation>SRT braucht das Programm ffmpeg, mit SRT gebaut; installieren Sie es, oder lassen Sie den Sender rtsp, http, udp oder tcp verwenden</translation>
    </message>
    <message>
        <source>No space left on device</source>
        <translation>kein Platz mehr auf dem Datenträger</translation>
    </message>
    <message>
        <source>Disk quota exceeded</source>
        <translation>Kontingent auf dem Datenträger erschöpft</translation>
    </message>
    <message>
        <source>Is a directory</source>
        <translation>ist ein Ordner</translation>
    </message>
    <message>
        <source>Not a directory</source>
        <translation>ist kein Ordner</translation>
    </message>
    <message>
        <source>Connection reset by peer</source>
        <translation>Verbindung von der Gegenseite beendet</translation>
    </message>
    <message>
        <source>Connection timed out</source>
        <translation>Zeit für die Verbindung abgelaufen</translation>
    </message>
    <message>
        <source>Broken pipe</source>
        <translation>Verbindung abgebrochen</translation>
    </message>
    <message>
        <source>End of file</source>
        <translation>Ende der Datei</translation>
    </message>
    <message>
        <source>1 picture</source>
        <translation>1 Bild</translation>
    </message>
    <message>
        <source>{n} pictures</source>
        <translation>{n} Bilder</translation>
    </message>
    <message>
        <source>1 segmentation</source>
        <translation>1 Segmentierung</translation>
    </message>
    <message>
        <source>{n} segmentations</source>
        <translation>{n} Segmentierungen</translation>
    </message>
    <message>
        <source>1 damaged packet</source>
        <translation>1 beschädigtes Paket</translation>
    </message>
    <message>
        <source>{n} damaged packets</source>
        <translation>{n} beschädigte Pakete</translation>
    </message>
    <message>
        <source>1 damaged picture</source>
        <translation>1 beschädigtes Bild</translation>
    </message>
    <message>
        <source>{n} damaged pictures</source>
        <translation>{n} beschädigte Bilder</translation>
    </message>
    <message>
        <source>1 corrected frame</source>
        <translation>1 korrigiertes Bild</translation>
    </message>
    <message>
        <source>{n} corrected frames</source>
        <translation>{n} korrigierte Bilder</translation>
    </message>
    <message>
        <source>this build of FFmpeg does not know the protocol</source>
        <translation>dieses FFmpeg kennt das Protokoll nicht</translation>
    </message>
    <message>
        <source>this build of FFmpeg has no such encoder; leave out --encoder for H.264</source>
        <translation>dieses FFmpeg hat diesen Kodierer nicht; ohne Angabe wird H.264 verwendet</translation>
    </message>
    <message>
        <source>{word} cannot hold {other}, which {name} makes; leave out --encoder for H.264</source>
        <translation>{word} kann {other}, was {name} erzeugt, nicht aufnehmen; ohne Angabe wird H.264 verwendet</translation>
    </message>
    <message>
        <source>the encoder {name} does not work here ({reason}); choose another one, or leave out --encoder</source>
        <translation>der Kodierer {name} funktioniert hier nicht ({reason}); wählen Sie einen anderen</translation>
    </message>
    <message>
        <source>cannot be written (the disk does not answer)</source>
        <translation>lässt sich nicht schreiben (der Datenträger antwortet nicht)</translation>
    </message>
    <message>
        <source>no answer within {n} to {m} s; check address and network</source>
        <translation>keine Antwort binnen {n} bis {m} s; prüfen Sie Adresse und Netz</translation>
    </message>
    <message>
        <source>connection refused; check address and port, and that the receiver runs</source>
        <translation>Verbindung abgelehnt; prüfen Sie Adresse und Port, und ob der Empfänger läuft</translation>
    </message>
    <message>
        <source>the receiver ended the connection</source>
        <translation>der Empfänger hat die Verbindung beendet</translation>
    </message>
    <message>
        <source>{reason}; check address and network</source>
        <translation>{reason}; prüfen Sie Adresse und Netz</translation>
    </message>
    <message>
        <source>no such host; check the address</source>
        <translation>diesen Rechner gibt es nicht; prüfen Sie die Adresse</translation>
    </message>
    <message>
        <source>cannot be sent to; expected {kinds}</source>
        <translation>dorthin lässt sich nicht senden; erwartet wird {kinds}</translation>
    </message>
    <message>
        <source>the target is empty; expected {kinds}</source>
        <translation>das Ziel ist leer; erwartet wird {kinds}</translation>
    </message>
    <message>
        <source>expected a port from 1 to 65535, found {word}</source>
        <translation>Erwartet wird ein Port von 1 bis 65535, gefunden wurde {word}</translation>
    </message>
    <message>
        <source>expected {word}://HOST:PORT, found no host or no port</source>
        <translation>Erwartet wird {word}://RECHNER:PORT, Rechner oder Port fehlt</translation>
    </message>
    <message>
        <source>expected {word}://HOST:PORT</source>
        <translation>Erwartet wird {word}://RECHNER:PORT</translation>
    </message>
    <message>
        <source>expected HOST:PORT, found another port</source>
        <translation>Erwartet wird RECHNER:PORT, gefunden wurde ein anderer Port</translation>
    </message>
    <message>
        <source>expected {word}://HOST/TOPIC, found no topic</source>
        <translation>Erwartet wird {word}://RECHNER/THEMA, das Thema fehlt</translation>
    </message>
    <message>
        <source>only tcp://HOST:PORT and ws://HOST:PORT can listen</source>
        <translation>nur tcp://RECHNER:PORT und ws://RECHNER:PORT können auf Anrufe warten</translation>
    </message>
    <message>
        <source>expected a file in a folder that exists, or {kinds}</source>
        <translation>Erwartet wird eine Datei in einem vorhandenen Ordner oder {kinds}</translation>
    </message>
    <message>
        <source>exists already; give another name or remove it</source>
        <translation>gibt es schon; wählen Sie einen anderen Namen oder entfernen Sie die Datei</translation>
    </message>
    <message>
        <source>cannot listen there ({reason}); give another port</source>
        <translation>dort kann nicht auf Anrufe gewartet werden ({reason}); nennen Sie einen anderen Port</translation>
    </message>
    <message>
        <source>pyvirtualcam is missing; install it with: pip install &apos;blendmask-live[virtualcam]&apos;</source>
        <translation>pyvirtualcam fehlt; installieren mit: pip install 'blendmask-live[virtualcam]'</translation>
    </message>
    <message>
        <source>expected a WebSocket server ({reason})</source>
        <translation>Erwartet wird ein WebSocket-Server ({reason})</translation>
    </message>
    <message>
        <source>the broker does not answer</source>
        <translation>der Broker antwortet nicht</translation>
    </message>
    <message>
        <source>the broker ended the connection</source>
        <translation>der Broker hat die Verbindung beendet</translation>
    </message>
    <message>
        <source>MQTT needs paho-mqtt; install it with: pip install &apos;blendmask-live[mqtt]&apos;</source>
        <translation>MQTT braucht paho-mqtt; installieren mit: pip install 'blendmask-live[mqtt]'</translation>
    </message>
    <message>
        <source>expected zones, as docs/events.md shows them ({reason})</source>
        <translation>Erwartet werden Zonen, wie sie docs/events.md zeigt ({reason})</translation>
    </message>
    <message>
        <source>expected version {n}, found {word}</source>
        <translation>Erwartet wird Version {n}, gefunden wurde {word}</translation>
    </message>
    <message>
        <source>the name {word} is given twice; give each its own</source>
        <translation>der Name {word} ist zweimal vergeben; geben Sie jeder Zone einen eigenen</translation>
    </message>
    <message>
        <source>nothing is shown that could be pointed at</source>
        <translation>es wird nichts gezeigt, worauf man zeigen könnte</translation>
    </message>
    <message>
        <source>the session ended before it was found</source>
        <translation>die Wiedergabe endete, bevor das Objekt gefunden war</translation>
    </message>
    <message>
        <source>the session ended before it was shown</source>
        <translation>die Wiedergabe endete, bevor das Objekt gezeigt wurde</translation>
    </message>
    <message>
        <source>class {word}: the network does not know it</source>
        <translation>Klasse {word}: Das Netz kennt sie nicht</translation>
    </message>
    <message>
        <source>nothing stands out there; draw a box around the object</source>
        <translation>dort hebt sich nichts ab; ziehen Sie einen Rahmen um das Objekt</translation>
    </message>
    <message>
        <source>following ended: {reason}; point at the object again</source>
        <translation>das Verfolgen ist beendet: {reason}; zeigen Sie noch einmal auf das Objekt</translation>
    </message>
    <message>
        <source>no second look: {reason}</source>
        <translation>kein zweiter Blick: {reason}</translation>
    </message>
    <message>
        <source>a recording runs already; stop it first</source>
        <translation>es wird schon aufgezeichnet; beenden Sie das zuerst</translation>
    </message>
    <message>
        <source>class {word} is not one of the network&apos;s; did you mean {other}?</source>
        <translation>Klasse {word} kennt das Netz nicht; meinten Sie {other}?</translation>
    </message>
    <message>
        <source>class {word} is not one of the network&apos;s; choose from {kinds}</source>
        <translation>Klasse {word} kennt das Netz nicht; wählen Sie aus {kinds}</translation>
    </message>
    <message>
        <source>{name} has no head for stuff; use weights of a blendmask-panoptic network</source>
        <translation>{name} hat keinen Teil für Flächen; verwenden Sie Gewichte eines Netzes blendmask-panoptic</translation>
    </message>
    <message>
        <source>not fetched yet; &apos;blendmask-live weights fetch {name}&apos;</source>
        <translation>noch nicht geladen; auf der Kommandozeile: blendmask-live weights fetch {name}</translation>
    </message>
    <message>
        <source>neither a weights file nor one of {kinds}</source>
        <translation>weder eine Datei mit Gewichten noch eines von {kinds}</translation>
    </message>
    <message>
        <source>missing; install the package again</source>
        <translation>fehlt; installieren Sie das Paket neu</translation>
    </message>
    <message>
        <source>SHA-256 {word}... differs from weights/manifest.toml ({other}...); install the package again</source>
        <translation>SHA-256 {word}... ist anders als in weights/manifest.toml ({other}...); installieren Sie das Paket neu</translation>
    </message>
    <message>
        <source>lies outside the picture of {word} px</source>
        <translation>liegt außerhalb des Bilds von {word} px</translation>
    </message>
    <message>
        <source>is said to be inside and outside; keep one</source>
        <translation>soll innen und außen sein; behalten Sie eines</translation>
    </message>
    <message>
        <source>a prompt needs a box, a point inside the object or an earlier mask with a pixel; found {reason}</source>
        <translation>nötig ist ein Rahmen, ein Punkt im Objekt oder eine frühere Maske mit einem Bildpunkt; gefunden wurde {reason}</translation>
    </message>
    <message>
        <source>none of them</source>
        <translation>nichts davon</translation>
    </message>
    <message>
        <source>{count} outside</source>
        <translation>{count} außerhalb</translation>
    </message>
    <message>
        <source>1 point</source>
        <translation>1 Punkt</translation>
    </message>
    <message>
        <source>{n} points</source>
        <translation>{n} Punkte</translation>
    </message>
    <message>
        <source>must be four numbers x0, y0, x1, y1 in px</source>
        <translation>nötig sind vier Zahlen x0, y0, x1, y1 in px</translation>
    </message>
    <message>
        <source>must be x, y and whether the object is there</source>
        <translation>nötig sind x, y und ob dort das Objekt ist</translation>
    </message>
    <message>
        <source>a mask must be as large as the picture, {word}; got {other}</source>
        <translation>eine Maske muss so groß sein wie das Bild, {word}; diese hat {other}</translation>
    </message>
    <message>
        <source>probabilities of a mask must be 0 to 1, got {word} to {other}</source>
        <translation>Wahrscheinlichkeiten einer Maske müssen 0 bis 1 sein, diese sind {word} bis {other}</translation>
    </message>
    <message>
        <source>no SRT receiver answers; check address, port, mode and passphrase, and that the receiver runs</source>
        <translation>kein SRT-Empfänger antwortet; prüfen Sie Adresse, Port, Modus und Passphrase, und ob der Empfänger läuft</translation>
    </message>
    <message>
        <source>track {n} has no mask in frame {m} to follow: point at the object first</source>
        <translation>Spur {n} hat in Bild {m} keine Maske, der gefolgt werden könnte: zeigen Sie erst auf das Objekt</translation>
    </message>
    <message>
        <source>track {n} was edited in frame {m} while its mask was carried on; the result was dropped, propagate again</source>
        <translation>Spur {n} wurde in Bild {m} geändert, während ihre Maske übertragen wurde; das Ergebnis ist verworfen, übertragen Sie noch einmal</translation>
    </message>
    <message>
        <source>the mask of track {n} could not be carried on from frame {m}: the next frame is a keyframe, the end, or the object is gone there</source>
        <translation>die Maske von Spur {n} ließ sich von Bild {m} nicht weiter übertragen: das nächste Bild ist ein Schlüsselbild, das Ende, oder das Objekt ist dort weg</translation>
    </message>
    <message>
        <source>cannot be made ({reason}); choose another folder</source>
        <translation>lässt sich nicht anlegen ({reason}); wählen Sie einen anderen Ordner</translation>
    </message>
    <message>
        <source>{word} is no time; write seconds, or HH:MM:SS</source>
        <translation>{word} ist keine Zeit; schreiben Sie Sekunden oder HH:MM:SS</translation>
    </message>
    <message>
        <source>there is no frame {n}</source>
        <translation>Bild {n} gibt es nicht</translation>
    </message>
    <message>
        <source>nothing can be decoded of frame {n}</source>
        <translation>von Bild {n} lässt sich nichts dekodieren</translation>
    </message>
    <message>
        <source>cannot be read in any order; give a file or a folder</source>
        <translation>lässt sich nicht in beliebiger Reihenfolge lesen; nehmen Sie eine Datei oder einen Ordner</translation>
    </message>
    <message>
        <source>nothing is found there; draw a box around the object</source>
        <translation>Dort wird nichts gefunden; einen Rahmen um das Objekt ziehen</translation>
    </message>
    <message>
        <source>latents and coasting blend masks from one size of input; leave out those or multi-scale</source>
        <translation>Basen und überbrückte Lücken mischen Masken aus einer Eingabegröße; lassen Sie sie oder die zwei Größen weg</translation>
    </message>
    <message>
        <source>panoptic pictures are seen in one size; leave out one of the two</source>
        <translation>Panoptische Bilder werden in einer Größe gesehen; lassen Sie eines von beiden weg</translation>
    </message>
    <message>
        <source>the file is gone; was it moved or deleted?</source>
        <translation>die Datei ist weg; wurde sie verschoben oder gelöscht?</translation>
    </message>
    <message>
        <source>must be x0, y0, x1, y1 with x0 &lt; x1 and y0 &lt; y1; not width and height</source>
        <translation>nötig ist x0, y0, x1, y1 mit x0 &lt; x1 und y0 &lt; y1; nicht Breite und Höhe</translation>
    </message>
    <message>
        <source>must be a whole number, 1 for the next larger mask, -1 for the next smaller one</source>
        <translation>nötig ist eine ganze Zahl, 1 für die nächstgrößere Maske, -1 für die nächstkleinere</translation>
    </message>
    <message>
        <source>one size of input</source>
        <translation>eine Eingabegröße</translation>
    </message>
</context>
<context>
    <name>LiveController</name>
    <message>
        <source>Opening {}</source>
        <translation>{} wird geöffnet</translation>
    </message>
    <message>
        <source>Trouble with the source</source>
        <translation>Schwierigkeiten mit der Quelle</translation>
    </message>
    <message>
        <source>Following ended</source>
        <translation>Das Verfolgen ist beendet</translation>
    </message>
    <message>
        <source>This is another source; point at what shall be followed in it.</source>
        <translation>Das ist eine andere Quelle; zeigen Sie auf das, was darin verfolgt werden soll.</translation>
    </message>
</context>
<context>
    <name>LiveView</name>
    <message>
        <source>The current frame with its masks; click an object to see how it was made, or anything else to follow it</source>
        <translation>Das aktuelle Bild mit seinen Masken; klicken Sie auf ein Objekt, um zu sehen, wie es entstand, oder auf etwas anderes, um es zu verfolgen</translation>
    </message>
</context>
<context>
    <name>LookPanel</name>
    <message>
        <source>Fill of the masks</source>
        <translation>Füllung der Masken</translation>
    </message>
    <message>
        <source>Brightness</source>
        <translation>Helligkeit</translation>
    </message>
    <message>
        <source>Contrast</source>
        <translation>Kontrast</translation>
    </message>
    <message>
        <source>As it was</source>
        <translation>Wie zuvor</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Loading</source>
        <translation>Laden</translation>
    </message>
    <message>
        <source>Open a video, or drop one here</source>
        <translation>Ein Video öffnen oder hierher ziehen</translation>
    </message>
    <message>
        <source>Not possible</source>
        <translation>Nicht möglich</translation>
    </message>
    <message>
        <source>Completing the recording…</source>
        <translation>Die Aufnahme wird abgeschlossen…</translation>
    </message>
    <message>
        <source>One is shown at a time; the others are in Source &gt; Recent.</source>
        <translation>Eine wird auf einmal gezeigt; die anderen stehen unter Quelle &gt; Zuletzt geöffnet.</translation>
    </message>
    <message>
        <source>{} sources</source>
        <translation>{} Quellen</translation>
    </message>
</context>
<context>
    <name>MaskClipboard</name>
    <message>
        <source>There is no mask to copy</source>
        <translation>Es gibt keine Maske zum Kopieren</translation>
    </message>
    <message>
        <source>Choose a frame in which the selected track has a mask.</source>
        <translation>Wählen Sie ein Bild, in dem die ausgewählte Spur eine Maske hat.</translation>
    </message>
</context>
<context>
    <name>MicroscopePanel</name>
    <message>
        <source>Save picture…</source>
        <translation>Bild speichern…</translation>
    </message>
    <message>
        <source>Record video</source>
        <translation>Video aufnehmen</translation>
    </message>
    <message>
        <source>No object chosen</source>
        <translation>Kein Objekt gewählt</translation>
    </message>
    <message>
        <source>Click an object in the picture.</source>
        <translation>Klicken Sie auf ein Objekt im Bild.</translation>
    </message>
    <message>
        <source>The object is not in this frame.</source>
        <translation>Das Objekt ist nicht in diesem Bild.</translation>
    </message>
    <message>
        <source>Stop video</source>
        <translation>Video beenden</translation>
    </message>
    <message>
        <source>Followed: this mask was asked for, not blended.</source>
        <translation>Verfolgt: Diese Maske wurde erfragt, nicht gemischt.</translation>
    </message>
</context>
<context>
    <name>MicroscopeView</name>
    <message>
        <source>Blending microscope</source>
        <translation>Mischungs-Mikroskop</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>Attention</translation>
    </message>
    <message>
        <source>Bases</source>
        <translation>Basen</translation>
    </message>
    <message>
        <source>Products</source>
        <translation>Produkte</translation>
    </message>
    <message>
        <source>Sum</source>
        <translation>Summe</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>Maske</translation>
    </message>
    <message>
        <source>Object</source>
        <translation>Objekt</translation>
    </message>
    <message>
        <source>Share of each base in the mask: </source>
        <translation>Anteil jeder Basis an der Maske: </translation>
    </message>
    <message>
        <source>Shown are the bases that count most here; the sum is that of all.</source>
        <translation>Gezeigt sind die Basen, die hier am meisten zählen; die Summe ist die von allen.</translation>
    </message>
</context>
<context>
    <name>NetworkPanel</name>
    <message>
        <source>Objects that the network is less sure of are left out</source>
        <translation>Objekte, bei denen das Netz weniger sicher ist, entfallen</translation>
    </message>
    <message>
        <source>Mask threshold</source>
        <translation>Maskenschwelle</translation>
    </message>
    <message>
        <source>Probability from which a pixel belongs to an object</source>
        <translation>Wahrscheinlichkeit, ab der ein Pixel zu einem Objekt gehört</translation>
    </message>
    <message>
        <source>Input size</source>
        <translation>Eingabegröße</translation>
    </message>
    <message>
        <source>The frame&apos;s shorter side as the network sees it: larger finds smaller objects</source>
        <translation>Die kürzere Seite des Bildes, wie das Netz es sieht: größer findet kleinere Objekte</translation>
    </message>
    <message>
        <source>Mask size</source>
        <translation>Maskengröße</translation>
    </message>
    <message>
        <source>Cells of a mask along each side of its box</source>
        <translation>Zellen einer Maske entlang jeder Seite ihres Rahmens</translation>
    </message>
    <message>
        <source>Hold frame rate</source>
        <translation>Bildrate halten</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>Lowers the quality as far as needed to hold this rate</source>
        <translation>Senkt die Qualität so weit, wie es für diese Rate nötig ist</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netz</translation>
    </message>
    <message>
        <source>Runtime</source>
        <translation>Ausführung</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Weights file…</source>
        <translation>Gewichtsdatei…</translation>
    </message>
    <message>
        <source>Search classes</source>
        <translation>Klassen suchen</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>Klassen</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Only the found ones</source>
        <translation>Nur die gefundenen</translation>
    </message>
    <message>
        <source>Look only for classes that the search shows</source>
        <translation>Nur nach Klassen suchen, die die Suche zeigt</translation>
    </message>
    <message>
        <source>Thresholds</source>
        <translation>Schwellen</translation>
    </message>
    <message>
        <source>Resolution</source>
        <translation>Auflösung</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Cost per frame: measured while objects are seen</source>
        <translation>Kosten je Bild: werden gemessen, sobald Objekte zu sehen sind</translation>
    </message>
    <message>
        <source>Weights (*.safetensors);;All files (*)</source>
        <translation>Gewichte (*.safetensors);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Weights file</source>
        <translation>Gewichtsdatei</translation>
    </message>
    <message>
        <source>Least score</source>
        <translation>Kleinste Konfidenz</translation>
    </message>
    <message>
        <source>Measured in this video; for sizes not used yet: measured with eight objects</source>
        <translation>In diesem Video gemessen; für noch nicht benutzte Größen: mit acht Objekten gemessen</translation>
    </message>
    <message>
        <source>Second, zoomed look at objects</source>
        <translation>Objekte ein zweites Mal, vergrößert ansehen</translation>
    </message>
    <message>
        <source>Finer masks: the surest objects first, as many as the time of a frame allows; all while a file is recorded</source>
        <translation>Feinere Masken: zuerst die sichersten Objekte, so viele, wie die Zeit eines Bildes erlaubt; alle, während eine Datei aufgenommen wird</translation>
    </message>
    <message>
        <source>Cost per object: measured while objects are seen</source>
        <translation>Kosten je Objekt: gemessen, sobald Objekte zu sehen sind</translation>
    </message>
    <message>
        <source>Cost per object  {:.1f} ms</source>
        <translation>Kosten je Objekt  {:.1f} ms</translation>
    </message>
    <message>
        <source>Best masks at {} fps</source>
        <translation>Beste Masken bei {} fps</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>Mask AP {:.3f}</source>
        <translation>Masken-AP {:.3f}</translation>
    </message>
    <message>
        <source>with the second look {:.3f}</source>
        <translation>mit zweitem Blick {:.3f}</translation>
    </message>
    <message>
        <source>box AP {:.3f}</source>
        <translation>Rahmen-AP {:.3f}</translation>
    </message>
    <message>
        <source>time {:.2f}</source>
        <translation>Zeit {:.2f}</translation>
    </message>
    <message>
        <source>Cost per frame</source>
        <translation>Kosten je Bild</translation>
    </message>
    <message>
        <source>Look in two sizes</source>
        <translation>In zwei Größen hinsehen</translation>
    </message>
    <message>
        <source>Finds large objects in a smaller picture and small ones in a larger one; takes 2.5 times the network&apos;s time</source>
        <translation>Findet große Objekte in einem kleineren und kleine in einem größeren Bild; braucht die 2,5-fache Zeit des Netzes</translation>
    </message>
    <message>
        <source>Sets blendmask-lite, the second look and this frame rate. The second look takes as many objects as fit into a frame&apos;s time; a slow machine lowers the input size.</source>
        <translation>Stellt blendmask-lite, den zweiten Blick und diese Bildrate ein. Der zweite Blick gilt so vielen Objekten, wie in die Zeit eines Bildes passen; auf langsamen Rechnern wird die Eingabe kleiner.</translation>
    </message>
</context>
<context>
    <name>Pictures</name>
    <message>
        <source>Picture copied</source>
        <translation>Bild kopiert</translation>
    </message>
    <message>
        <source>Paste it where you need it.</source>
        <translation>Fügen Sie es ein, wo Sie es brauchen.</translation>
    </message>
    <message>
        <source>Save picture</source>
        <translation>Bild speichern</translation>
    </message>
    <message>
        <source>Picture saved</source>
        <translation>Bild gespeichert</translation>
    </message>
    <message>
        <source>The picture was not saved</source>
        <translation>Das Bild wurde nicht gespeichert</translation>
    </message>
    <message>
        <source>{}: cannot be written; choose another folder</source>
        <translation>{}: kann nicht geschrieben werden; wählen Sie einen anderen Ordner</translation>
    </message>
    <message>
        <source>Record video</source>
        <translation>Video aufnehmen</translation>
    </message>
    <message>
        <source>Video saved</source>
        <translation>Video gespeichert</translation>
    </message>
    <message>
        <source>{path}: {reason}. What was written until then is kept.</source>
        <translation>{path}: {reason}. Was bis dahin geschrieben wurde, bleibt.</translation>
    </message>
    <message>
        <source>The microscope is not recorded any more</source>
        <translation>Das Mikroskop wird nicht mehr aufgenommen</translation>
    </message>
</context>
<context>
    <name>PlaybackBar</name>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Frame number</source>
        <translation>Bildnummer</translation>
    </message>
    <message>
        <source>Frame number; type one to go there</source>
        <translation>Bildnummer; eine eingeben, um dorthin zu gehen</translation>
    </message>
    <message>
        <source>● LIVE</source>
        <translation>● LIVE</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>Frame</source>
        <translation>Bild</translation>
    </message>
</context>
<context>
    <name>PointedPicture</name>
    <message>
        <source>The project cannot be changed now</source>
        <translation>Das Projekt kann jetzt nicht geändert werden</translation>
    </message>
    <message>
        <source>Without the video there is nothing to point at</source>
        <translation>Ohne das Video gibt es nichts, worauf zu zeigen wäre</translation>
    </message>
    <message>
        <source>The picture is being read</source>
        <translation>Das Bild wird noch gelesen</translation>
    </message>
    <message>
        <source>The picture has another size than the project says</source>
        <translation>Das Bild hat eine andere Größe, als im Projekt steht</translation>
    </message>
    <message>
        <source>The selected track is hidden: show it with H, or press Escape</source>
        <translation>Die gewählte Spur ist verborgen: mit H zeigen oder Escape drücken</translation>
    </message>
</context>
<context>
    <name>Pointing</name>
    <message>
        <source>Pointing does not work: {}</source>
        <translation>Das Zeigen geht nicht: {}</translation>
    </message>
    <message>
        <source>There is nothing to take away from: click on an object first</source>
        <translation>Es gibt noch nichts, wovon etwas wegzunehmen wäre: erst auf ein Objekt klicken</translation>
    </message>
    <message>
        <source>This click replaces the opposite one at the same place</source>
        <translation>Dieser Klick ersetzt den entgegengesetzten an derselben Stelle</translation>
    </message>
    <message>
        <source>The box lies outside the picture</source>
        <translation>Der Rahmen liegt außerhalb des Bildes</translation>
    </message>
    <message>
        <source>Outside the picture there is nothing to point at</source>
        <translation>Außerhalb des Bildes gibt es nichts, worauf zu zeigen wäre</translation>
    </message>
    <message>
        <source>There is no mask to keep: draw a box, or click elsewhere</source>
        <translation>Es gibt keine Maske zu behalten: einen Rahmen ziehen oder anderswo klicken</translation>
    </message>
    <message>
        <source>Kept as {label} {track}, frame {frame}; Ctrl+Z takes it back</source>
        <translation>Behalten als {label} {track}, Bild {frame}; Strg+Z nimmt es zurück</translation>
    </message>
    <message>
        <source>Only a first click has other sizes: add or take away instead</source>
        <translation>Nur ein erster Klick hat andere Größen: stattdessen hinzufügen oder wegnehmen</translation>
    </message>
</context>
<context>
    <name>PointingBar</name>
    <message>
        <source>How much of the mask is expected to be right</source>
        <translation>Wie viel von der Maske voraussichtlich stimmt</translation>
    </message>
    <message>
        <source>&amp;Class</source>
        <translation>&amp;Klasse</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Keep the mask (Return)</source>
        <translation>Die Maske behalten (Eingabetaste)</translation>
    </message>
    <message>
        <source>Drop</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Drop the mask (Escape)</source>
        <translation>Die Maske verwerfen (Escape)</translation>
    </message>
    <message>
        <source>Following: Escape ends it, what is done is kept</source>
        <translation>Wird verfolgt: Escape beendet es, was getan ist, bleibt</translation>
    </message>
    <message>
        <source>Click adds, Alt or right click takes away, Backspace undoes a click</source>
        <translation>Klick dazu, Alt oder Rechtsklick weg, Rücktaste zurück</translation>
    </message>
    <message>
        <source>Click on an object, or draw a box around it</source>
        <translation>Auf ein Objekt klicken oder einen Rahmen darum ziehen</translation>
    </message>
    <message>
        <source>Clicks correct {label} {track}; Escape begins a new object</source>
        <translation>Klicks korrigieren {label} {track}; Escape beginnt ein neues Objekt</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>Verfolgen</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Both ways</source>
        <translation>Beide</translation>
    </message>
    <message>
        <source>On</source>
        <translation>Vor</translation>
    </message>
    <message>
        <source>Clicks draw {label} {track} here; Escape begins a new object</source>
        <translation>Klicks zeichnen {label} {track} hier; Escape beginnt ein neues Objekt</translation>
    </message>
    <message>
        <source>Likely classes first; or write a new one, or choose with 1 to 9 and Q</source>
        <translation>Wahrscheinliche Klassen zuerst; oder eine neue eintragen oder mit 1 bis 9 und Q wählen</translation>
    </message>
    <message>
        <source>Looking for the object…</source>
        <translation>Das Objekt wird gesucht…</translation>
    </message>
    <message>
        <source>Getting ready… A click counts already</source>
        <translation>Wird vorbereitet… Ein Klick zählt schon</translation>
    </message>
    <message>
        <source>&amp;Class, unsure</source>
        <translation>&amp;Klasse, unsicher</translation>
    </message>
    <message>
        <source>looking…</source>
        <translation>wird gesucht…</translation>
    </message>
    <message>
        <source>Nothing stands out here: draw a box around what you mean</source>
        <translation>Hier hebt sich nichts ab: einen Rahmen um das ziehen, was gemeint ist</translation>
    </message>
    <message>
        <source>Unsure what is meant: click more, draw a box, or try [ and ]</source>
        <translation>Unsicher: mehr klicken, Rahmen ziehen oder [ und ]</translation>
    </message>
</context>
<context>
    <name>PreviewBar</name>
    <message>
        <source>Look there</source>
        <translation>Dort ansehen</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Keep until here</source>
        <translation>Bis hier behalten</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Keep all of it (Return)</source>
        <translation>Alles behalten (Eingabetaste)</translation>
    </message>
    <message>
        <source>Drop</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Drop it (Escape)</source>
        <translation>Verwerfen (Esc)</translation>
    </message>
    <message>
        <source>unsure from frame {frame} on ({confidence})</source>
        <translation>unsicher ab Bild {frame} ({confidence})</translation>
    </message>
    <message>
        <source>, up to a keyframe</source>
        <translation>, bis zu einem Schlüsselbild</translation>
    </message>
    <message>
        <source>, lost after frame {frame}</source>
        <translation>, nach Bild {frame} verloren</translation>
    </message>
    <message>
        <source>{track}: propagated through {count}</source>
        <translation>{track}: durch {count} übertragen</translation>
    </message>
    <message>
        <source>, then stopped</source>
        <translation>, dann angehalten</translation>
    </message>
</context>
<context>
    <name>Projects</name>
    <message>
        <source>Nothing to annotate</source>
        <translation>Nichts zu annotieren</translation>
    </message>
    <message>
        <source>Open a video file first. Live sources are recorded with R.</source>
        <translation>Öffnen Sie zuerst eine Videodatei. Live-Quellen nehmen Sie mit R auf.</translation>
    </message>
    <message>
        <source>The project cannot be opened</source>
        <translation>Das Projekt lässt sich nicht öffnen</translation>
    </message>
</context>
<context>
    <name>ReblendDialog</name>
    <message>
        <source>as it is</source>
        <translation>wie es ist</translation>
    </message>
    <message>
        <source>Needs bases and attention; annotate again and keep them</source>
        <translation>Braucht Basen und Attention; annotieren Sie erneut und behalten Sie sie</translation>
    </message>
    <message>
        <source>Probability from which a pixel is in the mask</source>
        <translation>Wahrscheinlichkeit, ab der ein Pixel in der Maske ist</translation>
    </message>
    <message>
        <source>Mask size</source>
        <translation>Maskengröße</translation>
    </message>
    <message>
        <source>Mask threshold</source>
        <translation>Maskenschwelle</translation>
    </message>
    <message>
        <source>Least score</source>
        <translation>Kleinste Konfidenz</translation>
    </message>
    <message>
        <source>Re-blend</source>
        <translation>Neu mischen</translation>
    </message>
    <message>
        <source>Makes the network&apos;s masks again with other settings, without running the network. Masks that you drew, changed or confirmed stay. This can be undone.</source>
        <translation>Macht die Masken des Netzes mit anderen Einstellungen neu, ohne das Netz noch einmal laufen zu lassen. Masken, die Sie gezeichnet, geändert oder bestätigt haben, bleiben. Das lässt sich rückgängig machen.</translation>
    </message>
    <message>
        <source>Tracks that never reach it are removed</source>
        <translation>Spuren, die sie nie erreichen, werden entfernt</translation>
    </message>
</context>
<context>
    <name>RecordPanel</name>
    <message>
        <source>The picture as it is shown (video)</source>
        <translation>Das Bild, wie es gezeigt wird (Video)</translation>
    </message>
    <message>
        <source>Choose folder…</source>
        <translation>Ordner wählen…</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Aufnahme</translation>
    </message>
    <message>
        <source>Clean frames and masks, in these formats:</source>
        <translation>Unveränderte Bilder und Masken, in diesen Formaten:</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Recording…</source>
        <translation>Aufnahme läuft…</translation>
    </message>
    <message>
        <source>   {} left out</source>
        <translation>   {} ausgelassen</translation>
    </message>
    <message>
        <source>Folder for recordings</source>
        <translation>Ordner für Aufnahmen</translation>
    </message>
    <message>
        <source>   {:.1f} MB</source>
        <translation>   {:.1f} MB</translation>
    </message>
</context>
<context>
    <name>Recorder</name>
    <message>
        <source>Choose a format, or the picture as it is shown</source>
        <translation>Wählen Sie ein Format oder das Bild, wie es gezeigt wird</translation>
    </message>
    <message>
        <source>This cannot be recorded</source>
        <translation>Das kann nicht aufgenommen werden</translation>
    </message>
    <message>
        <source>{path}: {reason}. What was written until then is kept.</source>
        <translation>{path}: {reason}. Was bis dahin geschrieben wurde, bleibt.</translation>
    </message>
    <message>
        <source>What is shown is not recorded any more</source>
        <translation>Das Gezeigte wird nicht mehr aufgenommen</translation>
    </message>
    <message>
        <source> ({file} ends early: {reason})</source>
        <translation> ({file} endet vorzeitig: {reason})</translation>
    </message>
    <message>
        <source>Recording saved</source>
        <translation>Aufnahme gespeichert</translation>
    </message>
    <message>
        <source> ({} ended early)</source>
        <translation> ({} endete vorzeitig)</translation>
    </message>
    <message>
        <source> The rest is still being recorded.</source>
        <translation> Alles andere wird weiter aufgenommen.</translation>
    </message>
    <message>
        <source>{} is not recorded any more</source>
        <translation>{} wird nicht mehr aufgenommen</translation>
    </message>
    <message>
        <source>Nothing is playing that could be recorded</source>
        <translation>Es läuft nichts, was aufgenommen werden könnte</translation>
    </message>
    <message>
        <source>Open a camera, video or stream first.</source>
        <translation>Öffnen Sie zuerst eine Kamera, ein Video oder einen Stream.</translation>
    </message>
    <message>
        <source>Play the video first (Space), then record.</source>
        <translation>Spielen Sie das Video erst ab (Leertaste), dann nehmen Sie auf.</translation>
    </message>
    <message>
        <source> (1 picture left out: the encoder was too slow)</source>
        <translation> (1 Bild ausgelassen: die Kodierung war zu langsam)</translation>
    </message>
    <message>
        <source> ({count} pictures left out: the encoder was too slow)</source>
        <translation> ({count} Bilder ausgelassen: die Kodierung war zu langsam)</translation>
    </message>
    <message>
        <source>What was recorded until then is in {}.</source>
        <translation>Was bis dahin aufgenommen wurde, ist in {}.</translation>
    </message>
</context>
<context>
    <name>RepairsPanel</name>
    <message>
        <source>Looking for doubtful places…</source>
        <translation>Zweifelhafte Stellen werden gesucht…</translation>
    </message>
    <message>
        <source>Suggested repairs</source>
        <translation>Vorgeschlagene Korrekturen</translation>
    </message>
    <message>
        <source>1 place to look at</source>
        <translation>1 Stelle zum Ansehen</translation>
    </message>
    <message>
        <source>Nothing looks wrong</source>
        <translation>Nichts sieht falsch aus</translation>
    </message>
    <message>
        <source>{count} places to look at</source>
        <translation>{count} Stellen zum Ansehen</translation>
    </message>
</context>
<context>
    <name>SeekSlider</name>
    <message>
        <source>Position</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>Frame {}</source>
        <translation>Bild {}</translation>
    </message>
</context>
<context>
    <name>SendPanel</name>
    <message>
        <source>Addresses</source>
        <translation>Adressen</translation>
    </message>
    <message>
        <source>To the virtual camera</source>
        <translation>An die virtuelle Kamera</translation>
    </message>
    <message>
        <source>The picture without masks</source>
        <translation>Das Bild ohne Masken</translation>
    </message>
    <message>
        <source>Sound of the source</source>
        <translation>Ton der Quelle</translation>
    </message>
    <message>
        <source>Receivers of events</source>
        <translation>Empfänger der Ereignisse</translation>
    </message>
    <message>
        <source>Events of</source>
        <translation>Ereignisse von</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>Änderungen</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Both</source>
        <translation>Beides</translation>
    </message>
    <message>
        <source>Lines and areas</source>
        <translation>Linien und Flächen</translation>
    </message>
    <message>
        <source>Send the picture to</source>
        <translation>Bild senden an</translation>
    </message>
    <message>
        <source>Send events to</source>
        <translation>Ereignisse senden an</translation>
    </message>
    <message>
        <source>Draw a line</source>
        <translation>Linie zeichnen</translation>
    </message>
    <message>
        <source>Draw an area</source>
        <translation>Fläche zeichnen</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Several are separated by blanks; &quot;quotes&quot; hold one with blanks together</source>
        <translation>Mehrere werden durch Leerzeichen getrennt; &quot;Anführungszeichen&quot; halten eine mit Leerzeichen zusammen</translation>
    </message>
    <message>
        <source>rtmp://…  srt://…  /folder/live.m3u8</source>
        <translation>rtmp://…  srt://…  /Ordner/live.m3u8</translation>
    </message>
    <message>
        <source>ws://…  tcp://…  /file.jsonl</source>
        <translation>ws://…  tcp://…  /Datei.jsonl</translation>
    </message>
</context>
<context>
    <name>Sending</name>
    <message>
        <source>line</source>
        <translation>Linie</translation>
    </message>
    <message>
        <source>area</source>
        <translation>Fläche</translation>
    </message>
    <message>
        <source>Stop sending</source>
        <translation>Nicht mehr senden</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Senden</translation>
    </message>
    <message>
        <source>{target}: {sent} sent, {lost} left out</source>
        <translation>{target}: {sent} gesendet, {lost} ausgelassen</translation>
    </message>
    <message>
        <source>sending</source>
        <translation>sendet</translation>
    </message>
    <message>
        <source>connecting…</source>
        <translation>verbindet…</translation>
    </message>
    <message>
        <source>Nothing to draw on</source>
        <translation>Nichts, worauf gezeichnet werden kann</translation>
    </message>
    <message>
        <source>Open a source first.</source>
        <translation>Öffnen Sie zuerst eine Quelle.</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>Aktion</translation>
    </message>
    <message>
        <source>Shortcut</source>
        <translation>Kürzel</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Kürzel</translation>
    </message>
    <message>
        <source>New shortcut</source>
        <translation>Neues Kürzel</translation>
    </message>
    <message>
        <source>Set</source>
        <translation>Setzen</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keines</translation>
    </message>
    <message>
        <source>Take the shortcut away</source>
        <translation>Kürzel entfernen</translation>
    </message>
    <message>
        <source>New shortcut:</source>
        <translation>Neues Kürzel:</translation>
    </message>
</context>
<context>
    <name>ShownRecording</name>
    <message>
        <source>Stop recording</source>
        <translation>Aufnahme beenden</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Aufnahme</translation>
    </message>
    <message>
        <source>Stop  {}</source>
        <translation>Stopp  {}</translation>
    </message>
</context>
<context>
    <name>SourceMenu</name>
    <message>
        <source>&amp;Source</source>
        <translation>&amp;Quelle</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Clear the list</source>
        <translation>Liste leeren</translation>
    </message>
    <message>
        <source>No camera found</source>
        <translation>Keine Kamera gefunden</translation>
    </message>
    <message>
        <source>Cameras</source>
        <translation>Kameras</translation>
    </message>
    <message>
        <source>Videos ({});;Images (*.png *.jpg *.jpeg *.bmp *.webp *.tif);;All files (*)</source>
        <translation>Videos ({});;Bilder (*.png *.jpg *.jpeg *.bmp *.webp *.tif);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Open video</source>
        <translation>Video öffnen</translation>
    </message>
    <message>
        <source>Open project</source>
        <translation>Projekt öffnen</translation>
    </message>
    <message>
        <source>Annotation projects (*.bml)</source>
        <translation>Annotationsprojekte (*.bml)</translation>
    </message>
    <message>
        <source>Open folder of images</source>
        <translation>Ordner mit Bildern öffnen</translation>
    </message>
    <message>
        <source>Open address</source>
        <translation>Adresse öffnen</translation>
    </message>
    <message>
        <source>Address of a stream (rtsp, http, udp, srt):</source>
        <translation>Adresse eines Streams (rtsp, http, udp, srt):</translation>
    </message>
</context>
<context>
    <name>StageChartDialog</name>
    <message>
        <source>Times of the stages</source>
        <translation>Zeiten der Stufen</translation>
    </message>
    <message>
        <source>Bright: the median per frame. Pale: the worst in 100.</source>
        <translation>Kräftig: der Median je Bild. Blass: der schlechteste von 100.</translation>
    </message>
</context>
<context>
    <name>StatusStrip</name>
    <message>
        <source>Frames per second: read, segmented, shown</source>
        <translation>Bilder pro Sekunde: gelesen, segmentiert, gezeigt</translation>
    </message>
    <message>
        <source>Age of a frame when it is shown: the usual one and the worst in 100</source>
        <translation>Alter eines Bildes, wenn es gezeigt wird: üblich und das schlechteste von 100</translation>
    </message>
    <message>
        <source>Frames left out because newer ones were there</source>
        <translation>Bilder, die ausgelassen wurden, weil neuere da waren</translation>
    </message>
    <message>
        <source>What was lowered to hold the frame rate</source>
        <translation>Was gesenkt wurde, um die Bildrate zu halten</translation>
    </message>
    <message>
        <source>Where and how the network runs</source>
        <translation>Wo und wie das Netz läuft</translation>
    </message>
    <message>
        <source>Memory of this program</source>
        <translation>Speicher dieses Programms</translation>
    </message>
    <message>
        <source>Stages</source>
        <translation>Stufen</translation>
    </message>
    <message>
        <source>How long each stage takes</source>
        <translation>Wie lange jede Stufe braucht</translation>
    </message>
    <message>
        <source>{:.0f} MB</source>
        <translation>{:.0f} MB</translation>
    </message>
    <message>
        <source> + {:.0f} MB GPU</source>
        <translation> + {:.0f} MB GPU</translation>
    </message>
    <message>
        <source>source {:.0f}  ·  network {:.0f}  ·  shown {:.0f} fps</source>
        <translation>Quelle {:.0f}  ·  Netz {:.0f}  ·  gezeigt {:.0f} fps</translation>
    </message>
    <message>
        <source>age {:.0f} ms, p99 {:.0f} ms</source>
        <translation>Alter {:.0f} ms, p99 {:.0f} ms</translation>
    </message>
    <message>
        <source>{} dropped</source>
        <translation>{} ausgelassen</translation>
    </message>
    <message>
        <source>What is shown goes to other programs</source>
        <translation>Was zu sehen ist, geht an andere Programme</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Timeline</source>
        <translation>Zeitleiste</translation>
    </message>
    <message>
        <source>detected</source>
        <translation>erkannt</translation>
    </message>
    <message>
        <source>coasted</source>
        <translation>überbrückt</translation>
    </message>
    <message>
        <source>corrected</source>
        <translation>korrigiert</translation>
    </message>
    <message>
        <source>interpolated</source>
        <translation>interpoliert</translation>
    </message>
    <message>
        <source>propagated</source>
        <translation>übertragen</translation>
    </message>
    <message>
        <source>imported</source>
        <translation>importiert</translation>
    </message>
    <message>
        <source>keyframe</source>
        <translation>Schlüsselbild</translation>
    </message>
    <message>
        <source>Frame {}</source>
        <translation>Bild {}</translation>
    </message>
</context>
<context>
    <name>TrackActs</name>
    <message>
        <source>Merge with</source>
        <translation>Verbinden mit</translation>
    </message>
    <message>
        <source>Swap with</source>
        <translation>Tauschen mit</translation>
    </message>
    <message>
        <source>Give to</source>
        <translation>Geben an</translation>
    </message>
    <message>
        <source>Delete {count} masks</source>
        <translation>{count} Masken löschen</translation>
    </message>
    <message>
        <source>Delete the mask, {frame}</source>
        <translation>Maske löschen, {frame}</translation>
    </message>
    <message>
        <source>Delete here</source>
        <translation>Hier löschen</translation>
    </message>
    <message>
        <source>Hide, also from exports</source>
        <translation>Verbergen, auch in Exporten</translation>
    </message>
    <message>
        <source>Split off</source>
        <translation>Abtrennen</translation>
    </message>
    <message>
        <source>Merge with…</source>
        <translation>Vereinen mit…</translation>
    </message>
    <message>
        <source>Swap with…</source>
        <translation>Tauschen mit…</translation>
    </message>
    <message>
        <source>Give its masks to…</source>
        <translation>Masken abgeben an…</translation>
    </message>
    <message>
        <source>Nothing to interpolate between</source>
        <translation>Nichts, wozwischen interpoliert werden kann</translation>
    </message>
    <message>
        <source>Confirm (Return) or draw a mask before and one after the others.</source>
        <translation>Bestätigen (Eingabetaste) oder zeichnen Sie eine Maske vor und eine nach den anderen.</translation>
    </message>
    <message>
        <source>{track}, {frames}</source>
        <translation>{track}, {frames}</translation>
    </message>
    <message>
        <source>Merge {under} into {before}, {frames}</source>
        <translation>{under} in {before} aufgehen lassen, {frames}</translation>
    </message>
    <message>
        <source>Swap {under} and {before}, {frames}</source>
        <translation>{under} und {before} tauschen, {frames}</translation>
    </message>
    <message>
        <source>Give masks of {under} to {before}, {frames}</source>
        <translation>Masken von {under} an {before} abgeben, {frames}</translation>
    </message>
    <message>
        <source>{what}, {frames}</source>
        <translation>{what}, {frames}</translation>
    </message>
    <message>
        <source>Show again, also in exports</source>
        <translation>Wieder zeigen, auch in Exporten</translation>
    </message>
    <message>
        <source>Delete masks</source>
        <translation>Masken löschen</translation>
    </message>
    <message>
        <source>Delete 1 mask</source>
        <translation>1 Maske löschen</translation>
    </message>
    <message>
        <source>There is no gap of at most {longest} frames</source>
        <translation>Es gibt keine Lücke von höchstens {longest} Bildern</translation>
    </message>
    <message>
        <source>Looked at: {frames}. For longer ones, set keyframes and interpolate.</source>
        <translation>Gesucht: {frames}. Bei längeren helfen Schlüsselbilder und Interpolieren.</translation>
    </message>
    <message>
        <source>the object has no mask in: {}</source>
        <translation>das Objekt hat hier keine Maske: {}</translation>
    </message>
</context>
<context>
    <name>TrackPanel</name>
    <message>
        <source>Choose a class, or write a new one</source>
        <translation>Eine Klasse wählen oder eine neue schreiben</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>Here</source>
        <translation>Hier</translation>
    </message>
    <message>
        <source>From here</source>
        <translation>Ab hier</translation>
    </message>
    <message>
        <source>Marks</source>
        <translation>Marken</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>Klasse</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Edits change</source>
        <translation>Änderungen betreffen</translation>
    </message>
    <message>
        <source>Which frames an edit of the track changes; marks are set with I and O</source>
        <translation>Welche Bilder eine Änderung der Spur betrifft; Marken setzen Sie mit I und O</translation>
    </message>
    <message>
        <source>Edits of the track change</source>
        <translation>Änderungen der Spur betreffen</translation>
    </message>
    <message>
        <source>Who it is</source>
        <translation>Wer es ist</translation>
    </message>
    <message>
        <source>Masks</source>
        <translation>Masken</translation>
    </message>
    <message>
        <source>Fill frames between</source>
        <translation>Bilder dazwischen füllen</translation>
    </message>
    <message>
        <source>Confirm</source>
        <translation>Bestätigen</translation>
    </message>
    <message>
        <source>Copy to next</source>
        <translation>Ins nächste Bild</translation>
    </message>
    <message>
        <source>Follow both ways</source>
        <translation>Beidseitig verfolgen</translation>
    </message>
    <message>
        <source>Follow between</source>
        <translation>Dazwischen verfolgen</translation>
    </message>
    <message>
        <source>Propagate back</source>
        <translation>Zurück übertragen</translation>
    </message>
    <message>
        <source>Propagate on</source>
        <translation>Weiter übertragen</translation>
    </message>
</context>
<context>
    <name>TrackerPanel</name>
    <message>
        <source>Follow objects from frame to frame</source>
        <translation>Objekte von Bild zu Bild verfolgen</translation>
    </message>
    <message>
        <source>Remember lost objects</source>
        <translation>Verlorene Objekte merken</translation>
    </message>
    <message>
        <source>How long an object may be hidden and still keep its number</source>
        <translation>Wie lange ein Objekt verdeckt sein und seine Nummer behalten darf</translation>
    </message>
    <message>
        <source>Sightings before a number is given</source>
        <translation>Sichtungen bis zur Nummer</translation>
    </message>
    <message>
        <source>More suppresses flicker, fewer shows new objects sooner</source>
        <translation>Mehr unterdrückt Flackern, weniger zeigt neue Objekte früher</translation>
    </message>
    <message>
        <source>Smallest overlap</source>
        <translation>Kleinste Überdeckung</translation>
    </message>
    <message>
        <source>Find again within</source>
        <translation>Wiederfinden innerhalb</translation>
    </message>
    <message>
        <source>{:.1f} sizes</source>
        <translation>{:.1f} Größen</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>How far from where it was lost, in sizes of the object</source>
        <translation>Wie weit vom Ort des Verlusts, in Größen des Objekts</translation>
    </message>
    <message>
        <source>Bridge missed frames</source>
        <translation>Lücken überbrücken</translation>
    </message>
    <message>
        <source>Masks of missed objects are blended from the new frame&apos;s bases</source>
        <translation>Masken verpasster Objekte werden aus den Basen des neuen Bildes gemischt</translation>
    </message>
    <message>
        <source>Defaults</source>
        <translation>Voreinstellung</translation>
    </message>
    <message>
        <source>Tracker</source>
        <translation>Tracker</translation>
    </message>
    <message>
        <source>Between a mask and its predicted place</source>
        <translation>Zwischen einer Maske und ihrem vorhergesagten Ort</translation>
    </message>
    <message>
        <source>Changes take effect with the next frame; known tracks stay.</source>
        <translation>Änderungen gelten ab dem nächsten Bild; bekannte Spuren bleiben.</translation>
    </message>
</context>
<context>
    <name>TracksPanel</name>
    <message>
        <source>Tracks</source>
        <translation>Spuren</translation>
    </message>
    <message>
        <source>H hides, S shows alone, Enter selects</source>
        <translation>H verbirgt, S zeigt allein, Eingabe wählt</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Alle zeigen</translation>
    </message>
    <message>
        <source>Hide (H)</source>
        <translation>Verbergen (H)</translation>
    </message>
    <message>
        <source>Show (H)</source>
        <translation>Zeigen (H)</translation>
    </message>
    <message>
        <source>Show alone (S)</source>
        <translation>Allein zeigen (S)</translation>
    </message>
    <message>
        <source>followed, lost</source>
        <translation>verfolgt, verloren</translation>
    </message>
    <message>
        <source>followed</source>
        <translation>verfolgt</translation>
    </message>
    <message>
        <source>followed, unsure</source>
        <translation>verfolgt, unsicher</translation>
    </message>
</context>
<context>
    <name>VideoView</name>
    <message>
        <source>Video</source>
        <translation>Video</translation>
    </message>
    <message>
        <source>The current frame with its masks; click an object to see how it was made</source>
        <translation>Das aktuelle Bild mit seinen Masken; klicken Sie auf ein Objekt, um zu sehen, wie es entstand</translation>
    </message>
</context>
<context>
    <name>ViewActs</name>
    <message>
        <source>Speed</source>
        <translation>Geschwindigkeit</translation>
    </message>
    <message>
        <source>Every edit is on the disk as soon as it is seen: {}</source>
        <translation>Jede Änderung ist auf der Festplatte, sobald sie zu sehen ist: {}</translation>
    </message>
    <message>
        <source>Saved, always</source>
        <translation>Gespeichert, immer</translation>
    </message>
    <message>
        <source>Go to frame</source>
        <translation>Gehe zu Bild</translation>
    </message>
    <message>
        <source>Frame ({first} to {last}):</source>
        <translation>Bild ({first} bis {last}):</translation>
    </message>
</context>
<context>
    <name>WeightsChoice</name>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Mask AP</source>
        <translation>Masken-AP</translation>
    </message>
    <message>
        <source>with second look</source>
        <translation>mit zweitem Blick</translation>
    </message>
    <message>
        <source>Box AP</source>
        <translation>Rahmen-AP</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>AP: accuracy on photographs of COCO, 0 to 1; time: of the network alone beside that of blendmask-lite</source>
        <translation>AP: Genauigkeit auf Fotos aus COCO, 0 bis 1; Zeit: die des Netzes allein, neben der von blendmask-lite</translation>
    </message>
</context>
<context>
    <name>ZoneLayer</name>
    <message>
        <source>Click the corners; a double click or Return ends it, Escape drops it</source>
        <translation>Klicken Sie die Ecken an; ein Doppelklick oder die Eingabetaste beendet es, Escape verwirft es</translation>
    </message>
    <message>
        <source>Click where the line ends; Escape drops it</source>
        <translation>Klicken Sie an, wo die Linie endet; Escape verwirft sie</translation>
    </message>
    <message>
        <source>Click where the line begins; Escape drops it</source>
        <translation>Klicken Sie an, wo die Linie beginnt; Escape verwirft sie</translation>
    </message>
</context>
<context>
    <name>ZoneWatcher</name>
    <message>
        <source>{} inside, {} entered</source>
        <translation>{} darin, {} gekommen</translation>
    </message>
    <message>
        <source>Events cannot be sent</source>
        <translation>Ereignisse können nicht gesendet werden</translation>
    </message>
</context>
<context>
    <name>_JournalModel</name>
    <message>
        <source>As it was made</source>
        <translation>Wie sie entstanden ist</translation>
    </message>
</context>
<context>
    <name>_SuggestionDelegate</name>
    <message>
        <source>{kind}, frame {frame}</source>
        <translation>{kind}, Bild {frame}</translation>
    </message>
</context>
</TS>
