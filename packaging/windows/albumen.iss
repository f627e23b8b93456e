; Inno Setup 6: the installer for Windows, from the folder that packaging/bundle.py made.
;   iscc packaging\windows\albumen.iss
; See packaging/README.md for what of this was checked.

#define Version "0.1.0"

[Setup]
AppId=io.github.albumen.Albumen
AppName=Albumen
AppVersion={#Version}
AppPublisher=The Albumen developers
DefaultDirName={autopf}\Albumen
DefaultGroupName=Albumen
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
LicenseFile=..\..\LICENSE
SetupIconFile=..\icons\albumen.ico
UninstallDisplayIcon={app}\albumen.exe
OutputDir=..\..\dist
OutputBaseFilename=albumen-{#Version}-windows-x64
Compression=lzma2
SolidCompression=yes
ChangesAssociations=yes

[Files]
Source: "..\..\dist\albumen\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{group}\Albumen"; Filename: "{app}\albumen.exe"
Name: "{autodesktop}\Albumen"; Filename: "{app}\albumen.exe"; Tasks: desktopicon

[Tasks]
Name: desktopicon; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked

[Registry]
; «Open with Albumen» on a folder
Root: HKA; Subkey: "Software\Classes\Directory\shell\Albumen"; ValueType: string; ValueData: "Open with Albumen"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Directory\shell\Albumen"; ValueName: "Icon"; ValueType: string; ValueData: "{app}\albumen.exe"
Root: HKA; Subkey: "Software\Classes\Directory\shell\Albumen\command"; ValueType: string; ValueData: """{app}\albumen.exe"" ""%V"""

[Run]
Filename: "{app}\albumen.exe"; Description: "{cm:LaunchProgram,Albumen}"; Flags: nowait postinstall skipifsilent
